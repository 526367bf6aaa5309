package dev.fjord.plan;

import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;

/** An instance of one owner whose name a document of another one bears. */
public record HandOver(ResourceName name, Owner from, Owner to) {}
