package dev.fjord.load.document;

import dev.fjord.model.InterfaceName;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Names of interfaces that no document may mean as a bridge or as an uplink, on whichever host. */
final class InterfaceWords {
  /**
   * Below {@code /proc/sys/net/ipv4/conf} they mean every interface, and those that are yet to come
   * (devinet_sysctl_register() in net/ipv4/devinet.c): what is meant for one would be set for all.
   */
  private static final Pattern EVERY = Pattern.compile("all|default");

  private static final Pattern OWN = Pattern.compile("tap-.*|fju-[0-9a-f]{8}");

  private InterfaceWords() {}

  static @Nullable InterfaceName bridge(Part part) {
    return read(part, "bad-bridge", "leave it out, or give the bridge a name that nothing has yet");
  }

  static @Nullable InterfaceName uplink(Part part) {
    return read(part, "bad-uplink", "name the host's interface to other networks, such as eth0");
  }

  private static @Nullable InterfaceName read(Part part, String code, String hint) {
    InterfaceName name = part.read(InterfaceName::parse);
    String why = name == null ? null : why(name.value());
    if (why != null) {
      part.report(code, "'" + name + "' " + why, hint);
      return null;
    }
    return name;
  }

  private static @Nullable String why(String name) {
    if (EVERY.matcher(name).matches()) {
      return "means all interfaces to the host's kernel";
    } else if (name.equals("lo")) {
      return "is the host itself, and leads nowhere else";
    }
    return OWN.matcher(name).matches()
        ? "is what fjord calls a port of a machine, or of a switch's daemon"
        : null;
  }
}
