package dev.fjord.model;

/** What more than one document can ask for, and one alone can have. */
public sealed interface Contested {

  /** The name of an instance. */
  record Name(ResourceName name) implements Contested {}

  /** An address on a switch. */
  record Address(ResourceName network, IpAddress address) implements Contested {}

  /** A port of a host's own addresses. */
  record Port(ResourceName host, Protocol protocol, int port) implements Contested {}
}
