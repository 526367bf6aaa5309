package dev.fjord.host.linux.uml;

import dev.fjord.model.IpAddress;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.Ipv6Address;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/** Asks a guest for a sign of life. */
public final class Ping {
  private static final int MILLIS = 200;
  private static final int TRIES = 3;

  private Ping() {}

  /** Whether {@code address} answers one ICMP echo request within a fifth of a second. */
  public static boolean answers(IpAddress address) {
    try {
      // Run by root the JDK sends an ICMP echo request.
      return InetAddress.getByAddress(octets(address)).isReachable(MILLIS);
    } catch (IOException noRouteYet) {
      return false;
    }
  }

  /** Whether it answers one of three: a busy host loses some. */
  public static boolean answersAtLast(IpAddress address) {
    for (int i = 0; i < TRIES; i++) {
      if (answers(address)) {
        return true;
      }
    }
    return false;
  }

  private static byte[] octets(IpAddress address) {
    return switch (address) {
      case Ipv4Address four -> ByteBuffer.allocate(4).putInt(four.bits()).array();
      case Ipv6Address six ->
          ByteBuffer.allocate(16).putLong(six.high()).putLong(six.low()).array();
    };
  }
}
