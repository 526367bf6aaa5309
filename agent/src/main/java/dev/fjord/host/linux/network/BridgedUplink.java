package dev.fjord.host.linux.network;

import dev.fjord.json.FileFormat;
import dev.fjord.model.InterfaceName;
import dev.fjord.problem.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The host's interface as a port of a bridge, while the host's addresses and routes are on the
 * bridge: one call of ip(8) moves them, and another one back. An address is always on one of the
 * two, whenever that call ends; nothing is taken away before all of it is there, and what is left
 * on the interface is moved by the next run.
 *
 * <p>The former state is written down first. It is used for one thing: when the bridge is deleted
 * by hand, the kernel deletes the addresses on it. It counts until the host's next boot, when the
 * interface has what the host's own settings give it.
 */
final class BridgedUplink {
  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");

  static final FileFormat<Before> FORMAT =
      new FileFormat<>(Before.class, 1, 1 << 20, "Nothing on this host's interfaces is changed.");

  private final IpCommand ip;
  private final KernelSettings settings;
  private final @Nullable Path folder;

  /**
   * @param folder where it is written down, a file for each bridge; null for nowhere
   */
  BridgedUplink(IpCommand ip, @Nullable Path folder) {
    this.ip = ip;
    this.settings = new KernelSettings(ip);
    this.folder = folder;
  }

  /** What was on the interface before it became a port. */
  record Before(InterfaceName device, String boot, HostAddresses had) {}

  /** The interface that was made a port of the bridge, or was to be; null for none. */
  @Nullable InterfaceName of(String bridge) {
    Before before = before(bridge);
    return before == null ? null : before.device();
  }

  private @Nullable Before before(String bridge) {
    if (folder == null || !Files.exists(file(folder, bridge))) {
      return null;
    }
    try {
      return FORMAT.read(file(folder, bridge));
    } catch (IOException e) {
      throw Problem.of(
              "network-unreadable", "what is known of the uplink of " + bridge + " cannot be read")
          .detail(e.toString())
          .hint("Nothing was changed.")
          .asException(e);
    }
  }

  private static Path file(Path folder, String bridge) {
    return folder.resolve(bridge + ".json");
  }

  /**
   * Makes {@code device} a port of the bridge, which is there, and moves what it has. What the
   * kernel does with packets of the interface, it does with those of the bridge from then on.
   *
   * @throws dev.fjord.problem.ProblemException {@code uplink-refused} when the interface is not
   *     there, or not to be had; nothing was changed then
   */
  void join(String bridge, InterfaceName device) {
    Map<String, Link> links = ip.links(List.of(bridge, device.value()));
    Link link = links.get(device.value());
    refuse(bridge, device, link);
    HostAddresses on = ip.hostAddresses(device.value());
    HostAddresses there = ip.hostAddresses(bridge);
    boolean joined = link != null && bridge.equals(link.master());
    Before before = before(bridge);
    boolean known =
        before != null && before.device().equals(device) && before.boot().equals(boot());
    HostAddresses move = !joined && known && before != null ? on.with(before.had()) : on;
    if (!joined) {
      settings.copy(device.value(), bridge);
    }
    write(bridge, new Before(device, boot(), joined ? there.with(on) : move));
    ip.change(
        "moving the host's addresses from " + device + " to " + bridge,
        move.moving(
            bridge,
            there,
            device.value(),
            on,
            List.of(
                "link set dev " + bridge + " up",
                "link set dev " + device + " master " + bridge + " up")));
  }

  private static void refuse(String bridge, InterfaceName device, @Nullable Link link) {
    String why = null;
    if (link == null) {
      why = "is not there";
    } else if (link.name().equals("lo") || link.isTap() || link.mark() != null) {
      why = "is no interface that leads to other networks";
    } else if (link.master() != null && !bridge.equals(link.master())) {
      why = "is a port of " + link.master();
    }
    if (why != null) {
      throw Problem.of(
              "uplink-refused", "interface " + device + ", to be a port of " + bridge + ", " + why)
          .hint("It was not touched. Name another one in the Switch's 'uplinkInterface'.")
          .asException();
    }
  }

  /**
   * Gives the interface back what it had, and what was given to the bridge since. Where the
   * interface was taken out of the bridge by hand, or the bridge was deleted, what is written down
   * is used.
   */
  void leave(String bridge) {
    Before before = before(bridge);
    if (before == null) {
      return;
    }
    String device = before.device().value();
    Map<String, Link> links = ip.links(List.of(bridge, device));
    Link link = links.get(device);
    if (link != null) {
      boolean joined = bridge.equals(link.master());
      HostAddresses there =
          links.containsKey(bridge) ? ip.hostAddresses(bridge) : HostAddresses.NONE;
      boolean serves = !joined && before.boot().equals(boot());
      HostAddresses move = serves ? there.with(before.had()) : there;
      ip.change(
          "moving the host's addresses from " + bridge + " back to " + device,
          move.moving(
              device,
              ip.hostAddresses(device),
              bridge,
              there,
              joined
                  ? List.of(
                      "link set dev " + device + " nomaster", "link set dev " + device + " up")
                  : List.of()));
    }
    forget(bridge);
  }

  private void write(String bridge, Before before) {
    if (folder != null) {
      FORMAT.write(file(folder, bridge), before);
    }
  }

  private void forget(String bridge) {
    try {
      if (folder != null) {
        Files.deleteIfExists(file(folder, bridge));
      }
    } catch (IOException e) {
      throw Problem.of("write-failed", "forgetting the uplink of " + bridge + " failed")
          .detail(e.toString())
          .asException(e);
    }
  }

  private static String boot() {
    try {
      return Files.readString(BOOT, StandardCharsets.US_ASCII).strip();
    } catch (IOException e) {
      return "";
    }
  }
}
