package dev.fjord.host.linux.network;

import dev.fjord.model.Ipv4Address;
import dev.fjord.model.Ipv6Address;
import dev.fjord.model.Lease;
import dev.fjord.model.ResourceName;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How fjord marks an interface as its own: in the alias (IFLA_IFALIAS, shown by {@code ip link}),
 * which nothing but a privileged user sets. A bridge bears {@code fjord:switch/lan}, a tap {@code
 * fjord:port/linda/192.0.2.5}, or {@code fjord:port/linda/192.0.2.5/2001:db8::5}, and {@code /+}
 * behind it where there are more; the tap of a switch's daemon {@code fjord:daemon/lan}.
 *
 * @param kind {@link #SWITCH}, {@link #PORT} or {@link #DAEMON}
 * @param name of the switch, or of the instance
 * @param address of a port, for which the host's neighbour table holds an entry; else null
 * @param address6 likewise
 * @param more whether that table holds further ones, for which an alias has no room
 */
record Mark(
    String kind,
    ResourceName name,
    @Nullable Ipv4Address address,
    @Nullable Ipv6Address address6,
    boolean more) {
  static final String SWITCH = "switch";
  static final String PORT = "port";
  static final String DAEMON = "daemon";

  private static final Pattern FORM =
      Pattern.compile(
          "fjord:(switch|port|daemon)/("
              + ResourceName.PATTERN
              + ")(/([0-9.]{7,15})(/([0-9a-f:]{2,39}))?(/\\+)?)?");

  static Mark ofSwitch(ResourceName name) {
    return new Mark(SWITCH, name, null, null, false);
  }

  static Mark ofDaemon(ResourceName network) {
    return new Mark(DAEMON, network, null, null, false);
  }

  static Mark ofPort(ResourceName instance, Lease lease) {
    return new Mark(PORT, instance, lease.address(), lease.address6(), !lease.further().isEmpty());
  }

  /** The mark that an alias is, or null when it is none of fjord's. */
  static @Nullable Mark parse(String alias) {
    Matcher form = FORM.matcher(alias);
    if (!form.matches()) {
      return null;
    }
    try {
      String address = form.group(5);
      String address6 = form.group(7);
      return new Mark(
          form.group(1),
          new ResourceName(form.group(2)),
          address == null ? null : Ipv4Address.parse(address),
          address6 == null ? null : Ipv6Address.parse(address6),
          form.group(8) != null);
    } catch (IllegalArgumentException notAnAddress) {
      return null;
    }
  }

  /** The alias, without white space or quotes: it stands in a line of {@code ip -batch}. */
  String alias() {
    return "fjord:"
        + kind
        + "/"
        + name
        + (address == null ? "" : "/" + address)
        + (address6 == null ? "" : "/" + address6)
        + (more ? "/+" : "");
  }
}
