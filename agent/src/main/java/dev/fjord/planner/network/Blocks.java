package dev.fjord.planner.network;

import dev.fjord.model.FilteredPort;
import dev.fjord.model.Filters;
import dev.fjord.model.IpAddress;
import dev.fjord.model.IpPrefix;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedBridge;
import dev.fjord.model.ObservedInstance;
import dev.fjord.planner.draft.Draft;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that an address is behind one port alone: an instance that gives a block up and waits
 * for something has it until then, and what the host itself has is behind no port.
 */
record Blocks(Observed observed, Draft draft) {
  private record Use(FilteredPort port, IpPrefix prefix) {}

  /**
   * The same ports in the same order, without blocks that belong to another instance; those are
   * refused.
   */
  List<FilteredPort> once(List<FilteredPort> ports) {
    Map<FilteredPort, List<IpPrefix>> given = new HashMap<>();
    List<Use> holders = new ArrayList<>();
    ports.stream()
        .flatMap(port -> port.prefixes().stream().map(prefix -> new Use(port, prefix)))
        .sorted(Comparator.comparingInt(this::rank).thenComparing(use -> use.port().lease().tap()))
        .filter(use -> isFree(use, holders))
        .forEach(use -> {
          holders.add(use);
          given.computeIfAbsent(use.port, none -> new ArrayList<>()).add(use.prefix);
        });
    return ports.stream()
        .map(port -> {
          List<IpPrefix> kept = given.getOrDefault(port, List.of());
          return port.before(port.prefixes().stream().filter(kept::contains).toList());
        })
        .toList();
  }

  private boolean isFree(Use use, List<Use> holders) {
    String own = ownAddress(use.prefix);
    if (own != null) {
      draft.refuse(
          "foreign-block",
          use.port.owner(),
          "instance %s: %s holds %s of this host itself, and would no longer be reached"
              .formatted(use.port.instance(), use.prefix, own),
          "It is not routed. Take a block without the host's own addresses.");
      return false;
    }
    for (Use holder : holders) {
      if (holder.prefix.overlaps(use.prefix) && !holder.port.equals(use.port)) {
        draft.refuse(
            "blocks",
            use.port.owner(),
            "instance %s: %s is behind instance %s of %s, which has %s"
                .formatted(
                    use.port.instance(),
                    use.prefix,
                    holder.port.instance(),
                    holder.port.owner(),
                    holder.prefix),
            "It is given once %s has let go of it.".formatted(holder.port.instance()));
        return false;
      }
    }
    return true;
  }

  /**
   * A lower rank is a better right: the block is behind that port, or was when that was last
   * recorded.
   */
  private int rank(Use use) {
    Filters now = observed.filters().inForce();
    boolean inForce =
        now != null
            && now.ports().stream()
                .filter(port -> port.lease().tap().equals(use.port.lease().tap()))
                .filter(port -> port.instance().equals(use.port.instance()))
                .anyMatch(port -> port.prefixes().contains(use.prefix));
    return inForce ? 0 : isRecorded(use) ? 1 : 2;
  }

  private boolean isRecorded(Use use) {
    return observed.instances().stream()
        .map(ObservedInstance::record)
        .anyMatch(record ->
            record != null
                && record.name().equals(use.port.instance())
                && record.applied().network().stream()
                    .anyMatch(nic -> nic.prefixes().contains(use.prefix)));
  }

  /** An address of the host's own that a block holds, and where; null for none. */
  private @Nullable String ownAddress(IpPrefix prefix) {
    return observed.bridges().stream()
        .flatMap(one -> addresses(one).filter(prefix::contains).map(at -> at + " on " + one.name()))
        .findFirst()
        .orElse(null);
  }

  private static Stream<IpAddress> addresses(ObservedBridge one) {
    return Stream.concat(
        one.addresses().stream().map(own -> own.address()),
        one.routing().addresses6().stream()
            .map(own -> IpAddress.parse(own.substring(0, own.indexOf('/')))));
  }
}
