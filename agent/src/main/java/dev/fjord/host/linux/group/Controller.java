package dev.fjord.host.linux.group;

import dev.fjord.model.HostBounds.Bound;
import java.util.List;
import java.util.Locale;

/** What a control group bounds, as cgroups(7) names it. */
public enum Controller {
  CPU,
  MEMORY,
  PIDS;

  /** The bounds that it may set for a machine, the most usual first. */
  List<Bound> bounds() {
    return switch (this) {
      case CPU -> List.of(Bound.CPU_WEIGHT, Bound.CPU_LIMIT);
      case MEMORY -> List.of(Bound.MEMORY, Bound.SWAP, Bound.SLAB);
      case PIDS -> List.of(Bound.PIDS);
    };
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
