package dev.fjord.model;

/**
 * A port on which a program of the host itself is reached, on an address that is not its loopback.
 */
public record TakenPort(Protocol protocol, int port) {}
