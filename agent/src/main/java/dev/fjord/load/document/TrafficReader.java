package dev.fjord.load.document;

import dev.fjord.model.Cidr;
import dev.fjord.model.Destination;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.Ipv6Address;
import dev.fjord.model.Isolation;
import dev.fjord.model.PortRange;
import dev.fjord.model.Protocol;
import dev.fjord.model.Traffic;
import dev.fjord.model.Uplink;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads what may pass on a switch and beyond it. */
final class TrafficReader {
  private TrafficReader() {}

  static Traffic read(Part spec) {
    Isolation isolation = Constants.read(spec.field("isolation"), Isolation.class, Isolation.NONE);
    boolean filtered = spec.field("filtered").bool(true);
    boolean throughHost = spec.field("throughHost").bool(false);
    if (!filtered && isolation != Isolation.NONE) {
      spec.field("isolation")
          .report(
              "bad-isolation",
              "who is not held to an address can take a neighbour's",
              "leave out 'filtered: false', or 'isolation'");
    }
    if (throughHost && isolation == Isolation.NONE) {
      spec.field("throughHost")
          .report("bad-isolation", "nobody is kept apart here", "set 'isolation', or leave it out");
    }
    Uplink uplink = uplink(spec);
    if (!uplink.isByHost() && spec.field("reach").isGiven()) {
      spec.field("reach")
          .report(
              "bad-reach",
              "with 'uplink: "
                  + word(uplink)
                  + "' frames go past the host, which cannot hold them back",
              "leave it out, or take 'uplink: nat' or 'routed'");
    }
    return new Traffic(uplink, isolation, throughHost, filtered, reach(spec.field("reach")));
  }

  private static Uplink uplink(Part spec) {
    Uplink.Mode mode = Constants.read(spec.field("uplink"), Uplink.Mode.class, Uplink.Mode.NONE);
    Part part = spec.field("uplinkInterface");
    InterfaceName device = InterfaceWords.uplink(part);
    if (mode == Uplink.Mode.BRIDGED && part.isAbsent()) {
      spec.field("uplink")
          .report(
              "bad-uplink",
              "'bridged' needs to know which interface becomes a port of the bridge",
              "name it in 'uplinkInterface'");
      return Uplink.NONE;
    }
    if (mode == Uplink.Mode.EXISTING) {
      existing(spec);
      return new Uplink(mode, null);
    }
    Part routerPart = spec.field("router");
    Uplink.Router router = routerPart.read(Uplink.Router::parse);
    if (mode == Uplink.Mode.INSTANCE) {
      if (routerPart.isAbsent()) {
        spec.field("uplink")
            .report(
                "bad-uplink",
                "'instance' needs to know which one is the gateway",
                "name it in 'router'");
      }
      for (String field : List.of("uplinkInterface", "throughHost")) {
        if (spec.field(field).isGiven()) {
          spec.field(field)
              .report(
                  "bad-uplink",
                  "the host passes nothing on there: an instance does ('uplink: instance')",
                  "leave it out");
        }
      }
      return router == null ? Uplink.NONE : new Uplink(mode, null, router);
    }
    if (routerPart.isGiven()) {
      routerPart.report(
          "bad-uplink", "no instance is the gateway there", "say so: 'uplink: instance'");
    }
    if (mode == Uplink.Mode.NONE && part.isGiven()) {
      part.report("bad-uplink", "nothing leaves by it: 'uplink' is none", "say how, in 'uplink'");
    }
    return new Uplink(mode, device);
  }

  static String word(Uplink uplink) {
    return uplink.mode().name().toLowerCase(Locale.ROOT);
  }

  /** Nothing is asked of a bridge that is not fjord's. */
  private static void existing(Part spec) {
    if (spec.field("bridge").isAbsent()) {
      spec.field("uplink")
          .report(
              "bad-uplink",
              "'existing' needs to know which bridge of the host it is",
              "name it in 'bridge'");
    }
    for (String field : List.of("uplinkInterface", "throughHost", "mtu")) {
      if (spec.field(field).isGiven()) {
        spec.field(field)
            .report(
                "bad-uplink",
                "the bridge is somebody else's ('uplink: existing'), and only ports are put into"
                    + " it",
                "leave it out, and set it at the bridge");
      }
    }
    if ("uml_switch".equals(spec.field("driver").text())) {
      spec.field("driver")
          .report(
              "bad-driver",
              "guests of a uml_switch(1) would reach others on somebody else's bridge by one tap",
              "use 'driver: bridge', or a switch of its own");
    }
  }

  private static @Nullable List<Destination> reach(Part list) {
    if (!list.isGiven()) {
      return null;
    }
    List<Destination> reach = new ArrayList<>();
    for (Part item : list.items()) {
      String to = item.field("to").read(TrafficReader::destination);
      Part protocolPart = item.field("protocol");
      Protocol protocol =
          protocolPart.isGiven()
              ? Constants.read(protocolPart, Protocol.class, Protocol.TCP)
              : null;
      List<PortRange> ports = new ArrayList<>();
      for (Part port : item.field("ports").items()) {
        PortRange range = port.read(PortRange::parse);
        if (range != null) {
          ports.add(range);
        }
      }
      if (protocol == null && !ports.isEmpty()) {
        item.field("ports").report("bad-reach", "ports are of a protocol", "add 'protocol: tcp'");
      }
      if (to != null) {
        reach.add(new Destination(to, protocol, ports));
      }
    }
    return reach;
  }

  /** An address or subnet as it is written canonically. */
  private static String destination(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    if (text.indexOf(':') < 0) {
      if (slash < 0) {
        return Ipv4Address.parse(text).toString();
      }
      Cidr cidr = Cidr.parse(text);
      if (!cidr.isSubnet()) {
        throw new IllegalArgumentException(
            text
                + " is an address in a subnet: the subnet is "
                + new Cidr(cidr.network(), cidr.prefix()));
      }
      return cidr.toString();
    }
    Ipv6Address network = Ipv6Address.parse(address);
    int prefix = slash < 0 ? 128 : Integer.parseInt(text.substring(slash + 1));
    if (!network.isPrefix(prefix)) {
      throw new IllegalArgumentException(
          text + " is an address in a subnet: set the bits after " + prefix + " to 0");
    }
    return slash < 0 ? network.toString() : network + "/" + prefix;
  }
}
