package dev.fjord.load.document;

import dev.fjord.model.AuthorizedKey;
import dev.fjord.model.ByteSize;
import dev.fjord.model.ImageChangePolicy;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.Power;
import dev.fjord.model.ResourceName;
import dev.fjord.model.RestartPolicy;
import dev.fjord.model.StartOrder;
import dev.fjord.model.Volume;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads instances. */
final class InstanceReader {
  private InstanceReader() {}

  static InstanceSpec read(Part spec) {
    Part start = spec.field("start");
    return new InstanceSpec(
        spec.field("host").say(ResourceName::parse),
        spec.field("image").say(ResourceName::parse),
        spec.field("kernel").say(ResourceName::parse),
        Sizes.memory(spec.field("memory")),
        Sizes.swap(spec.field("swap")),
        Sizes.volume(spec.field("root")),
        volumes(spec.field("volumes")),
        network(spec.field("network")),
        constant(spec.field("power"), Power.class, Power.RUNNING),
        start.field("order").integer(StartOrder.DEFAULT_ORDER),
        after(start.field("after")),
        spec.field("hostname").say(ResourceName::parse),
        keys(spec.field("authorizedKeys")),
        constant(spec.field("onImageChange"), ImageChangePolicy.class, ImageChangePolicy.KEEP),
        constant(spec.field("restart"), RestartPolicy.class, RestartPolicy.NOW));
  }

  private static <E extends Enum<E>> E constant(Part part, Class<E> type, E otherwise) {
    String text = part.text();
    return text == null
        ? otherwise
        : Enum.valueOf(type, text.toUpperCase(Locale.ROOT).replace('-', '_'));
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

  private static List<InstanceSpec.Plug> network(Part list) {
    List<InstanceSpec.Plug> plugs = new ArrayList<>();
    Set<ResourceName> switches = new HashSet<>();
    for (Part item : list.items()) {
      Said<ResourceName> network = item.field("switch").say(ResourceName::parse);
      Said<Ipv4Address> address = item.field("address").say(Ipv4Address::parse);
      if (network != null && !switches.add(network.value())) {
        item.field("switch")
            .report(
                "duplicate-interface", "there is another interface to " + network.value(), null);
      }
      if (network != null) {
        plugs.add(new InstanceSpec.Plug(network, address));
      }
    }
    return plugs;
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

  /** No keys and an empty list differ: the latter lets nobody in. */
  private static @Nullable Said<List<AuthorizedKey>> keys(Part list) {
    return list.isGiven() ? new Said<>(SimpleReaders.keys(list), list.at()) : null;
  }
}
