package dev.fjord.host.linux.uml;

import dev.fjord.model.Ipv4Address;
import java.io.IOException;
import java.net.InetAddress;

/** Asks a guest for a sign of life. */
public final class Ping {
  private static final int MILLIS = 200;

  private Ping() {}

  /** Whether {@code address} answers one ICMP echo request within a fifth of a second. */
  public static boolean answers(Ipv4Address address) {
    int bits = address.bits();
    byte[] octets = {(byte) (bits >> 24), (byte) (bits >> 16), (byte) (bits >> 8), (byte) bits};
    try {
      // Run by root the JDK sends an ICMP echo request.
      return InetAddress.getByAddress(octets).isReachable(MILLIS);
    } catch (IOException noRouteYet) {
      return false;
    }
  }
}
