package dev.fjord.watch;

import dev.fjord.model.ResourceName;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * One check of all instances. It distinguishes faults of the host, or of a switch, from those of an
 * instance.
 *
 * @param results of those that were asked
 */
record ProbeRound(List<Watched> watched, Map<ResourceName, ProbeResult> results) {
  /** With fewer, silence proves nothing about the host. */
  private static final int FEWEST = 4;

  /** Whether most kernels do not answer: then the host, and not each of them, is at fault. */
  boolean isHostAtFault() {
    long asked = count(one -> one.state() == ProbeResult.State.RUNS);
    long hung = count(one -> one.state() == ProbeResult.State.RUNS && one.uptime() == null);
    return asked >= FEWEST && 2 * hung > asked;
  }

  private long count(Predicate<ProbeResult> which) {
    return results.values().stream().filter(which).count();
  }

  /** Switches of its silent addresses on which no other instance answers: they may be at fault. */
  Set<ResourceName> silentSwitches(ResourceName name) {
    ProbeResult own = results.get(name);
    Set<ResourceName> silent =
        own == null
            ? new HashSet<>()
            : own.silent().stream()
                .map(Watched.Address::network)
                .collect(Collectors.toCollection(HashSet::new));
    results.forEach((other, found) -> {
      if (!other.equals(name)) {
        found.answering().forEach(address -> silent.remove(address.network()));
      }
    });
    return silent;
  }
}
