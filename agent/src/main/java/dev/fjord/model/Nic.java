package dev.fjord.model;

import org.jspecify.annotations.Nullable;

/**
 * An instance's interface as declared.
 *
 * @param network the switch's name
 * @param address null where the agent is to lease one
 */
public record Nic(ResourceName network, @Nullable Ipv4Address address) {}
