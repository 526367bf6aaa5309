package dev.fjord.model;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a host can hold its machines to, by control groups (cgroups(7)).
 *
 * @param groups the version that sets the bounds, {@code v1} or {@code v2}; null for neither
 */
public record HostBounds(@Nullable String groups, Set<Bound> real) {
  /** The bounds of a host of which nothing is known. */
  public static final HostBounds NONE = new HostBounds(null, Set.of());

  public HostBounds {
    real = Set.copyOf(real);
  }

  /** What one machine could take from the others. */
  public enum Bound {
    MEMORY,
    /** Counted together with memory, so that swap does not get round the bound on memory. */
    SWAP,
    /** What the host's kernel holds for the machine's processes: page tables, inodes, sockets. */
    SLAB,
    PIDS,
    CPU_WEIGHT,
    CPU_LIMIT,
    /** Shares of disks. No host has this bound yet: fjord does not set it. */
    IO;

    /** As people write it, {@code cpu weight}. */
    public String words() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  /** In the order of {@link Bound}. */
  public List<Bound> inOrder() {
    return List.copyOf(real.isEmpty() ? EnumSet.noneOf(Bound.class) : EnumSet.copyOf(real));
  }

  public List<Bound> missing() {
    List<Bound> missing = new ArrayList<>(List.of(Bound.values()));
    missing.removeAll(real);
    return List.copyOf(missing);
  }

  /** {@code memory, pids, cpu weight (control groups v1); not swap, …}. */
  public String words() {
    if (real.isEmpty()) {
      return "none: the host has no control groups";
    }
    return words(inOrder()) + " (control groups " + groups + "); not " + words(missing());
  }

  private static String words(List<Bound> bounds) {
    return bounds.stream().map(Bound::words).collect(Collectors.joining(", "));
  }
}
