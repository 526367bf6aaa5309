package dev.fjord.planner.network;

import dev.fjord.model.Destination;
import dev.fjord.model.FilteredPort;
import dev.fjord.model.Filters;
import dev.fjord.model.Switch;
import dev.fjord.model.Traffic;
import dev.fjord.plan.FieldChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What differs between filters, in brief: a person cannot read a table for hundreds of ports. */
final class FilterFields {
  private static final int MOST = 10;

  private FilterFields() {}

  /**
   * The fields of a change.
   *
   * @param now null where nothing is in force
   */
  static List<FieldChange> changes(@Nullable Filters now, Filters wanted) {
    if (now == null) {
      return List.of(new FieldChange("ports", null, count(wanted)));
    }
    List<FieldChange> ports = compare("", portsOf(now), portsOf(wanted));
    List<FieldChange> fields = new ArrayList<>();
    if (!now.uids().equals(wanted.uids())) {
      fields.add(new FieldChange("uids", now.uids().first() + "", wanted.uids().first() + ""));
    }
    fields.addAll(compare("switch ", switchesOf(now), switchesOf(wanted)));
    if (ports.size() > MOST) {
      fields.add(new FieldChange("ports", count(now), count(wanted)));
      fields.add(new FieldChange("ports that differ", null, Integer.toString(ports.size())));
    } else {
      fields.addAll(ports);
    }
    return fields;
  }

  private static String count(Filters filters) {
    return Integer.toString(filters.ports().size());
  }

  private static List<FieldChange> compare(
      String prefix, Map<String, String> now, Map<String, String> wanted) {
    TreeSet<String> names = new TreeSet<>(now.keySet());
    names.addAll(wanted.keySet());
    return names.stream()
        .filter(name -> !Objects.equals(now.get(name), wanted.get(name)))
        .map(name -> new FieldChange(prefix + name, now.get(name), wanted.get(name)))
        .toList();
  }

  private static Map<String, String> portsOf(Filters filters) {
    return texts(filters.ports(), port -> port.lease().tap().value(), FilterFields::text);
  }

  private static String text(FilteredPort port) {
    StringBuilder text = new StringBuilder(port.lease().address().toString());
    if (port.lease().address6() != null) {
      text.append(' ').append(port.lease().address6());
    }
    port.lease().further().forEach(address -> text.append(' ').append(address));
    port.prefixes().forEach(prefix -> text.append(' ').append(prefix));
    text.append(" from ").append(port.lease().mac()).append(", of ").append(port.owner());
    if (port.rate() != null) {
      text.append(", at ").append(port.rate());
    }
    port.forwards().forEach(forward -> text.append(", ").append(forward));
    return text.toString();
  }

  private static Map<String, String> switchesOf(Filters filters) {
    return texts(filters.switches(), network -> network.name().value(), FilterFields::text);
  }

  private static String text(Switch network) {
    Traffic traffic = network.traffic();
    return network.bridge()
        + " "
        + network.subnet()
        + (network.ipv6() == null ? "" : " " + network.ipv6())
        + (traffic.filtered() ? "" : ", not filtered")
        + ", isolation "
        + word(traffic.isolation())
        + (traffic.throughHost() ? " but through the host" : "")
        + ", uplink "
        + word(traffic.uplink().mode())
        + (traffic.reach() == null ? "" : ", reach " + reach(traffic.reach()))
        + (network.naming().served() ? ", names served" : "");
  }

  private static String reach(List<Destination> reach) {
    return reach.isEmpty()
        ? "nothing"
        : reach.stream()
            .map(one ->
                one.to()
                    + (one.protocol() == null ? "" : " " + word(one.protocol()))
                    + (one.ports().isEmpty() ? "" : " " + one.ports()))
            .collect(Collectors.joining("; "));
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static <T> Map<String, String> texts(
      List<T> all, Function<T, String> name, Function<T, String> text) {
    return all.stream().collect(Collectors.toMap(name, text, (one, other) -> other, TreeMap::new));
  }
}
