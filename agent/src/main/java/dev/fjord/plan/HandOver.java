package dev.fjord.plan;

import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;

/** An instance of one owner whose name is in a document of another owner. */
public record HandOver(ResourceName name, Owner from, Owner to) {}
