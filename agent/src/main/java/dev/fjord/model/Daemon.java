package dev.fjord.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A program that is to run for a switch, or for an instance.
 *
 * @param network the switch's name; of a capture the instance's
 * @param uid the user that it runs as
 * @param arguments of the program, without its own path
 * @param bridge the switch's
 * @param tap its port of the bridge; null where it has none
 */
public record Daemon(
    ObservedDaemon.Kind kind,
    ResourceName network,
    int uid,
    List<String> arguments,
    InterfaceName bridge,
    @Nullable InterfaceName tap) {
  public Daemon {
    arguments = List.copyOf(arguments);
  }

  /** The settings by which a running program is compared with the wanted one. */
  public String settings() {
    return settings(uid, arguments);
  }

  /** As {@link #settings()}, of a process. */
  public static String settings(int uid, List<String> arguments) {
    return Digest.ofText(uid + "\0" + String.join("\0", arguments)).brief();
  }
}
