package dev.fjord.plan;

import dev.fjord.model.ResourceName;

/**
 * What a plan is for.
 *
 * @param host which of the desired hosts the observed one is
 * @param revision the commit that is applied
 * @param allowedDeletes what its commit's trailer allows to be removed; 0 without one
 */
public record Target(ResourceName host, String revision, int allowedDeletes) {}
