package dev.fjord.host.linux.network;

/**
 * A packet on its way through the host, as far as it is known.
 *
 * @param in the interface that it came by
 * @param out the one that it leaves by; empty where it is for the host itself
 * @param six whether it is of IPv6
 * @param protocol {@code tcp} or {@code udp}
 * @param port that it is for; 0 for any
 * @param begins whether it begins a connection; otherwise it belongs to one that is established
 * @param forwarded whether its destination was a port of the host
 */
record Passing(
    String in,
    String out,
    boolean six,
    String protocol,
    int port,
    boolean begins,
    boolean forwarded) {}
