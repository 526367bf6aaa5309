package dev.fjord.model;

/**
 * An address held by an instance for good, and the port that goes with it.
 *
 * @param network the switch's name
 * @param tap the host's end of the port
 */
public record Lease(ResourceName network, Ipv4Address address, MacAddress mac, InterfaceName tap) {}
