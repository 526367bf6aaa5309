package dev.fjord.host.linux.network;

import dev.fjord.host.linux.Samples;
import dev.fjord.model.Cidr;
import dev.fjord.model.FilteredPort;
import dev.fjord.model.Filters;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.Ipv6Address;
import dev.fjord.model.Ipv6Subnet;
import dev.fjord.model.Isolation;
import dev.fjord.model.Layout;
import dev.fjord.model.MacAddress;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.Naming;
import dev.fjord.model.Observed;
import dev.fjord.model.Owner;
import dev.fjord.model.PortForward;
import dev.fjord.model.Rate;
import dev.fjord.model.Switch;
import dev.fjord.model.SwitchDriver;
import dev.fjord.model.Traffic;
import dev.fjord.model.UidRange;
import dev.fjord.model.Uplink;
import dev.fjord.plan.Step;
import dev.fjord.planner.network.SwitchSteps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A host between a world and guests, each a network namespace: the host has 203.0.113.1 and
 * 2001:db8:c::1 on {@code up0}, the world 203.0.113.9 and 2001:db8:c::9, by which the host's
 * default routes lead. Guests are wires instead of kernels.
 */
final class Lab implements AutoCloseable {
  static final int FIRST_UID = 61_000;
  static final String WORLD = "203.0.113.9";
  static final String WORLD6 = "2001:db8:c::9";
  static final String HOST = "203.0.113.1";
  static final String HOST6 = "2001:db8:c::1";

  final Wires wires = new Wires();
  final Links links;
  final FilterTables tables;
  private final Layout layout;
  private final List<Switch> switches = new ArrayList<>();
  private final List<FilteredPort> ports = new ArrayList<>();

  Lab(Path folder) {
    layout = new Layout(folder.resolve("s"), folder.resolve("r"));
    wires.add("host");
    wires.add("world");
    wires.connect("world", "w0", "host", "up0", "02:00:5e:00:00:01");
    wires.ip("world", "address", "add", WORLD + "/24", "dev", "w0");
    wires.ip("world", "address", "add", WORLD6 + "/64", "dev", "w0", "nodad");
    wires.ip("host", "address", "add", HOST + "/24", "dev", "up0");
    wires.ip("host", "address", "add", HOST6 + "/64", "dev", "up0", "nodad");
    wires.ip("host", "route", "add", "default", "via", WORLD, "dev", "up0");
    wires.ip("host", "-6", "route", "add", "default", "via", WORLD6, "dev", "up0");
    // Frames between guests are shown to the inet table where br_netfilter is loaded.
    seesFrames(false);
    links = new Links(wires.inside("host"), layout.uplinks());
    tables = new FilterTables(layout, wires.inside("host"), InstantSource.system());
  }

  /** Whether the host does what br_netfilter does; left alone where its kernel has it not. */
  void seesFrames(boolean sees) {
    for (var version : List.of("iptables", "ip6tables")) {
      var value = "net.bridge.bridge-nf-call-" + version + "=" + (sees ? "1" : "0");
      wires.run("host", "sysctl", "-q", "-w", value);
    }
  }

  /** Another agent, of which each call of ip(8) ends after so many lines of a batch. */
  Links dying(Path folder, int lines) throws IOException {
    var script = folder.resolve("dying");
    Files.writeString(
        script,
        """
        #!/bin/sh
        if [ "$*" = "ip -batch -" ]; then head -n %d | "$@"; exit 1; fi
        exec "$@"
        """
            .formatted(lines));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    var prefix = new ArrayList<>(wires.inside("host"));
    prefix.add(script.toString());
    return new Links(prefix, layout.uplinks());
  }

  /** A switch {@code 192.0.2.0/27}, or the next one, that the world knows the way to. */
  static Switch network(int number, Traffic traffic, boolean served) {
    var name = Samples.name("lan" + number);
    var subnet = new Cidr(Ipv4Address.parse("192.0.2." + 32 * number), 27);
    var subnet6 = Ipv6Address.parse("2001:db8:0:" + number + "::");
    return ModelFixtures.switchOf(
        name,
        SwitchDriver.BRIDGE,
        new InterfaceName("fj-lan" + number),
        subnet,
        subnet.address().next(),
        new Ipv6Subnet(subnet6, 64, subnet6.plus(1)),
        List.of(),
        List.of(),
        traffic,
        new Naming(served, "lan.example.org", List.of()));
  }

  static Traffic traffic(Uplink.Mode mode) {
    return new Traffic(new Uplink(mode, null), Isolation.NONE, false, true, null);
  }

  Lab with(Switch network) {
    links.setUpSwitch(SwitchSteps.of(network, observe()));
    switches.removeIf(other -> other.name().equals(network.name()));
    switches.add(network);
    return this;
  }

  /** A switch that is removed already. */
  Lab without(Switch network) {
    switches.removeIf(other -> other.name().equals(network.name()));
    return this;
  }

  /** A guest of that number on a switch, with its addresses, its gateways and who listens on 22. */
  Step.Port guest(
      String name, Switch network, int number, @Nullable Rate rate, PortForward... forwards)
      throws Exception {
    var mac = new MacAddress("02:00:00:00:00:%02x".formatted(number));
    var tap = new InterfaceName("tap-" + name);
    var address = new Ipv4Address(network.subnet().address().bits() + number);
    var address6 = address6(network, number);
    var lease = ModelFixtures.lease(network.name(), address, address6, mac, tap);
    wires.add(name);
    wires.connect("host", tap.value(), name, "eth0", mac.value());
    wires.ip("host", "link", "set", "dev", tap.value(), "master", network.bridge().value());
    wires.ip(name, "address", "add", address + "/" + network.subnet().prefix(), "dev", "eth0");
    wires.ip(name, "route", "add", "default", "via", network.gateway().toString());
    if (address6 != null && network.ipv6() != null) {
      wires.ip(name, "address", "add", address6 + "/64", "dev", "eth0", "nodad");
      wires.ip(name, "-6", "route", "add", "default", "via", network.ipv6().gateway().toString());
    }
    wires.listen(name, 22);
    ports.add(
        ModelFixtures.filteredPort(Samples.name(name), Owner.SITE, lease, rate, List.of(forwards)));
    return new Step.Port(tap, network.bridge(), lease, rate, true, false);
  }

  /** The guest's way to other networks leads elsewhere, as if by another interface of its own. */
  Lab beside(String name) {
    wires.ip(name, "route", "delete", "default");
    wires.ip(name, "-6", "route", "delete", "default");
    ports.replaceAll(p ->
        p.instance().value().equals(name)
            ? ModelFixtures.filteredPort(
                p.instance(), p.owner(), p.lease(), p.rate(), p.forwards(), false, false)
            : p);
    return this;
  }

  static String four(int network, int number) {
    return "192.0.2." + (32 * network + number);
  }

  static String six(int network, int number) {
    return "2001:db8:0:" + network + "::" + Integer.toHexString(number);
  }

  private static @Nullable Ipv6Address address6(Switch network, int number) {
    return network.ipv6() == null ? null : network.ipv6().network().plus(number);
  }

  /** Sets the filters for all that there is. */
  Lab filter() {
    tables.set(filters());
    return this;
  }

  Filters filters() {
    return new Filters(new UidRange(FIRST_UID, 100), switches, ports);
  }

  Observed observe() {
    var seen = links.observe();
    return ModelFixtures.observed(
        layout,
        Instant.EPOCH,
        List.of(),
        List.of(),
        seen.bridges(),
        seen.ports(),
        List.of(),
        List.of(),
        List.of());
  }

  /** What a guest may send changes to this rate. */
  void rate(String name, @Nullable Rate rate) {
    ports.replaceAll(port ->
        port.instance().value().equals(name)
            ? ModelFixtures.filteredPort(
                port.instance(), port.owner(), port.lease(), rate, port.forwards())
            : port);
    filter();
  }

  /** A guest has these ports of the host from now on. */
  void forward(String name, PortForward... forwards) {
    ports.replaceAll(port ->
        port.instance().value().equals(name)
            ? ModelFixtures.filteredPort(
                port.instance(), port.owner(), port.lease(), port.rate(), List.of(forwards))
            : port);
  }

  String sysctl(String path) {
    return wires.output("host", "cat", "/proc/sys/net/" + path);
  }

  @Override
  public void close() {
    wires.close();
  }
}
