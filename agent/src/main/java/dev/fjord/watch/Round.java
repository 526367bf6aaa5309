package dev.fjord.watch;

import dev.fjord.model.ResourceName;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * One check of everybody: who is at fault where several do not answer.
 *
 * @param signs of those that were asked
 */
record Round(List<Watched> watched, Map<ResourceName, Signs> signs) {
  /** Of fewer it cannot be told whether the host is at fault. */
  private static final int FEWEST = 4;

  /** Whether most kernels do not answer: then this host is starved, not they. */
  boolean isHostAtFault() {
    long asked = count(one -> one.state() == Signs.State.RUNS);
    long hung = count(one -> one.state() == Signs.State.RUNS && one.uptime() == null);
    return asked >= FEWEST && 2 * hung > asked;
  }

  private long count(Predicate<Signs> which) {
    return signs.values().stream().filter(which).count();
  }

  /** The switches of its silent addresses on which nobody else answers: they may be at fault. */
  Set<ResourceName> silentSwitches(ResourceName name) {
    Signs own = signs.get(name);
    Set<ResourceName> silent =
        own == null
            ? new HashSet<>()
            : own.silent().stream()
                .map(Watched.Address::network)
                .collect(Collectors.toCollection(HashSet::new));
    signs.forEach((other, found) -> {
      if (!other.equals(name)) {
        found.answering().forEach(address -> silent.remove(address.network()));
      }
    });
    return silent;
  }
}
