package dev.fjord.model;

import java.util.Locale;

/**
 * A port of the host's own addresses that leads to a guest.
 *
 * @param host 1 to 65535
 * @param guest 1 to 65535
 */
public record PortForward(Protocol protocol, int host, int guest) {
  /** Whether both ask for one port of the host. */
  public boolean isSamePort(PortForward other) {
    return protocol == other.protocol && host == other.host;
  }

  /** {@code 2201 to 22/tcp}. */
  @Override
  public String toString() {
    return host + " to " + guest + "/" + protocol.name().toLowerCase(Locale.ROOT);
  }
}
