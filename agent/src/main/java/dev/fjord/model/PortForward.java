package dev.fjord.model;

/**
 * A port of the host's own addresses that leads to a guest.
 *
 * @param host 1 to 65535
 * @param guest 1 to 65535
 */
public record PortForward(Protocol protocol, int host, int guest) {}
