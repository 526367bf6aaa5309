package dev.fjord.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the host forwards packets by an interface.
 *
 * @param master the bridge that it is a port of; null for none
 * @param leavesBy whether a default route of the host leaves by it
 * @param uplink of a switch's bridge: the host's interface that fjord made a port of it; null for
 *     none
 * @param addresses6 with their prefixes; those of the link alone are left out
 * @param settings of it, and of the host as a whole: a file below {@code /proc/sys} and what it
 *     says, as far as fjord needs it
 * @param mtu the largest packet that it carries, in bytes
 * @param routes by it that bear fjord's mark
 * @param bridge whether it is a Linux bridge
 */
public record Routing(
    @Nullable InterfaceName master,
    boolean leavesBy,
    @Nullable InterfaceName uplink,
    List<String> addresses6,
    Map<String, String> settings,
    int mtu,
    List<BlockRoute> routes,
    boolean bridge) {
  public static final Routing NONE =
      new Routing(null, false, null, List.of(), Map.of(), Switch.USUAL_MTU, List.of(), false);

  public Routing {
    addresses6 = List.copyOf(addresses6);
    settings = Map.copyOf(settings);
    routes = List.copyOf(routes);
  }

  /** The same with other routes. */
  public Routing with(List<BlockRoute> others) {
    return new Routing(master, leavesBy, uplink, addresses6, settings, mtu, others, bridge);
  }
}
