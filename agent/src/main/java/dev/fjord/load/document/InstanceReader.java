package dev.fjord.load.document;

import dev.fjord.model.AuthorizedKey;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Capture;
import dev.fjord.model.CpuShare;
import dev.fjord.model.GuestSettings;
import dev.fjord.model.Health;
import dev.fjord.model.ImageChangePolicy;
import dev.fjord.model.IpAddress;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.Ipv6Address;
import dev.fjord.model.PortForward;
import dev.fjord.model.Power;
import dev.fjord.model.Protocol;
import dev.fjord.model.Rate;
import dev.fjord.model.ResourceName;
import dev.fjord.model.RestartPolicy;
import dev.fjord.model.StartOrder;
import dev.fjord.model.Volume;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads instances. */
final class InstanceReader {
  private InstanceReader() {}

  static InstanceSpec read(Part spec, Part formerly) {
    Part start = spec.field("start");
    return new InstanceSpec(
        formerly.say(ResourceName::parse),
        spec.field("host").say(ResourceName::parse),
        spec.field("image").say(ResourceName::parse),
        spec.field("kernel").say(ResourceName::parse),
        Sizes.memory(spec.field("memory")),
        Sizes.swap(spec.field("swap")),
        Sizes.volume(spec.field("root")),
        volumes(spec.field("volumes")),
        network(spec.field("network")),
        Constants.read(spec.field("power"), Power.class, Power.RUNNING),
        start.field("order").integer(StartOrder.DEFAULT_ORDER),
        after(start.field("after")),
        spec.field("hostname").say(ResourceName::parse),
        keys(spec.field("authorizedKeys")),
        Constants.read(
            spec.field("onImageChange"), ImageChangePolicy.class, ImageChangePolicy.KEEP),
        Constants.read(spec.field("restart"), RestartPolicy.class, RestartPolicy.NOW),
        health(spec.field("health")),
        cpu(spec.field("cpu")),
        TimeZones.read(spec.field("timeZone")),
        modules(spec.field("modules")),
        shared(spec.field("shared")),
        capture(spec.field("capture")));
  }

  private static @Nullable Said<Capture> capture(Part part) {
    if (!part.isGiven()) {
      return null;
    }
    Part size = part.field("size");
    ByteSize each = size.isGiven() ? size.read(InstanceReader::captured) : Capture.USUAL_SIZE;
    int files = part.field("files").integer(Capture.USUAL_FILES);
    return each == null || files < Capture.FEWEST_FILES // The schema has reported it.
        ? null
        : new Said<>(
            new Capture(part.field("switch").read(ResourceName::parse), files, each), part.at());
  }

  private static ByteSize captured(String text) {
    ByteSize size = ByteSize.parse(text);
    if (size.compareTo(Capture.LEAST) < 0 || size.compareTo(Capture.MOST) > 0) {
      throw new IllegalArgumentException(
          "a file of a capture has " + Capture.LEAST + " to " + Capture.MOST + ", not " + size);
    }
    return size;
  }

  private static List<Said<ResourceName>> shared(Part list) {
    List<Said<ResourceName>> shared = new ArrayList<>();
    for (Part item : list.items()) {
      Part image = item.field("image");
      Said<ResourceName> name = image.say(ResourceName::parse);
      if (name == null) {
        continue;
      }
      if (shared.stream().anyMatch(one -> one.value().equals(name.value()))) {
        image.report("duplicate-shared-image", "it reads " + name.value() + " already", null);
      } else {
        shared.add(name);
      }
    }
    return shared;
  }

  private static List<String> modules(Part list) {
    Set<String> modules = new LinkedHashSet<>();
    for (Part item : list.items()) {
      String name = item.read(GuestSettings::module);
      if (name != null) {
        modules.add(name);
      }
    }
    return List.copyOf(modules);
  }

  private static List<Volume> volumes(Part list) {
    List<Volume> volumes = new ArrayList<>();
    Set<ResourceName> names = new HashSet<>();
    for (Part item : list.items()) {
      ResourceName name = item.field("name").read(ResourceName::parse);
      Said<ByteSize> size = Sizes.volume(item.field("size"));
      if (name != null && !names.add(name)) {
        item.field("name").report("duplicate-volume", "there is another volume " + name, null);
      }
      if (name != null && size != null) {
        volumes.add(new Volume(name, size.value()));
      }
    }
    return volumes;
  }

  private static Health health(Part part) {
    int tcp = part.field("tcp").integer(0);
    return new Health(tcp == 0 ? null : (Integer) tcp, part.field("repair").bool(true));
  }

  private static CpuShare cpu(Part part) {
    int weight = part.field("weight").integer(CpuShare.USUAL_WEIGHT);
    Integer limit = part.field("limit").read(CpuShare::parseLimit);
    boolean weighs = weight >= CpuShare.LEAST_WEIGHT && weight <= CpuShare.MOST_WEIGHT;
    return new CpuShare(weighs ? weight : CpuShare.USUAL_WEIGHT, limit); // The schema has told it.
  }

  private static List<InstanceSpec.Plug> network(Part list) {
    List<InstanceSpec.Plug> plugs = new ArrayList<>();
    Set<ResourceName> switches = new HashSet<>();
    for (Part item : list.items()) {
      Said<ResourceName> network = item.field("switch").say(ResourceName::parse);
      if (network != null && !switches.add(network.value())) {
        item.field("switch")
            .report(
                "duplicate-interface", "there is another interface to " + network.value(), null);
      }
      if (network != null) {
        plugs.add(
            new InstanceSpec.Plug(
                network,
                item.field("address").say(Ipv4Address::parse),
                item.field("address6").say(Ipv6Address::parse),
                item.field("rate").read(Rate::parse),
                ports(item.field("ports")),
                defaultRoute(item.field("defaultRoute"), plugs),
                addresses(item.field("addresses")),
                SimpleReaders.prefixes(item.field("prefixes"))));
      }
    }
    return plugs;
  }

  private static List<Said<IpAddress>> addresses(Part list) {
    List<Said<IpAddress>> addresses = new ArrayList<>();
    for (Part item : list.items()) {
      Said<IpAddress> address = item.say(IpAddress::parse);
      if (address != null) {
        addresses.add(address);
      }
    }
    return addresses;
  }

  /** A guest has one way to other networks. */
  private static boolean defaultRoute(Part part, List<InstanceSpec.Plug> before) {
    boolean said = part.bool(false);
    if (said && before.stream().anyMatch(InstanceSpec.Plug::defaultRoute)) {
      part.report(
          "duplicate-default-route",
          "another interface has the default route",
          "write 'defaultRoute: true' on one of them");
      return false;
    }
    return said;
  }

  private static List<Said<PortForward>> ports(Part list) {
    List<Said<PortForward>> ports = new ArrayList<>();
    for (Part item : list.items()) {
      int host = item.field("host").integer(0);
      int guest = item.field("guest").integer(0);
      Protocol protocol = Constants.read(item.field("protocol"), Protocol.class, Protocol.TCP);
      if (host > 0 && guest > 0) {
        ports.add(new Said<>(new PortForward(protocol, host, guest), item.at()));
      }
    }
    return ports;
  }

  private static List<Said<ResourceName>> after(Part list) {
    List<Said<ResourceName>> after = new ArrayList<>();
    for (Part item : list.items()) {
      Said<ResourceName> name = item.say(ResourceName::parse);
      if (name != null) {
        after.add(name);
      }
    }
    return after;
  }

  /** No keys and an empty list differ: the latter lets no one in. */
  private static @Nullable Said<List<AuthorizedKey>> keys(Part list) {
    return list.isGiven() ? new Said<>(SimpleReaders.keys(list), list.at()) : null;
  }
}
