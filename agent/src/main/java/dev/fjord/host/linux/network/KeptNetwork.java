package dev.fjord.host.linux.network;

import dev.fjord.host.linux.network.Monitors.Change;
import dev.fjord.host.linux.network.Monitors.Heard;
import dev.fjord.model.MacAddress;
import dev.fjord.model.ObservedBridge;
import dev.fjord.model.ObservedFilters;
import dev.fjord.model.Surroundings;
import java.util.Collection;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a network namespace. Each look asks only for what may have changed since the one before.
 * What programs report is kept as long as there is no hint; files are read each time. Looks follow
 * each other.
 */
public final class KeptNetwork {
  private final Links links;
  private final FilterTables filters;
  private final HostSurroundings surroundings;
  private final Monitors monitors;
  private final Kept<Links.Found> found = new Kept<>();
  private final Kept<TableListing.Told> tables = new Kept<>();
  private final Kept<OtherTables> others = new Kept<>();

  /**
   * @param monitors of the same namespace, with no other user: each hint is given once
   */
  public KeptNetwork(
      Links links, FilterTables filters, HostSurroundings surroundings, Monitors monitors) {
    this.links = links;
    this.filters = filters;
    this.surroundings = surroundings;
    this.monitors = monitors;
  }

  /**
   * Begins a look, of the time of this call or later.
   *
   * @param anew whether all is asked for, hint or not
   */
  public NetworkLook look(boolean anew) {
    Heard heard = monitors.heard(stations());
    Change ofLinks = anew ? atLeastMaybe(heard.links()) : heard.links();
    Change ofTables = anew ? atLeastMaybe(heard.tables()) : heard.tables();
    // At once: a look that breaks on its way must not leave what a hint was about.
    found.begin(ofLinks);
    tables.begin(ofTables);
    others.begin(ofTables);
    return new NetworkLook() {
      @Override
      public Links.Seen links() {
        return links.seen(found.get(links::find, KeptNetwork::isTold));
      }

      @Override
      public ObservedFilters filters() {
        return filters.observe(() -> tables.get(filters::list, one -> true));
      }

      @Override
      public Surroundings surroundings(Collection<ObservedBridge> interfaces) {
        return surroundings.observe(
            interfaces, () -> others.get(surroundings::others, one -> true));
      }
    };
  }

  /**
   * The kernel does not report a changed alias of a link that is down (netdev_state_change() in
   * net/core/dev.c). Those that fjord has marked are up, unless they were taken down by hand.
   */
  private static boolean isTold(Links.Found seen) {
    return seen.links().values().stream().noneMatch(link -> link.mark() != null && !link.up());
  }

  private static Change atLeastMaybe(Change heard) {
    return heard == Change.NONE ? Change.MAYBE : heard;
  }

  private Set<MacAddress> stations() {
    Links.Found last = found.value();
    return last == null
        ? Set.of()
        : last.stations().values().stream().flatMap(Collection::stream).collect(Collectors.toSet());
  }

  /** What was seen last, as long as it is true. */
  static final class Kept<T> {
    private @Nullable T value;
    private boolean stays;

    synchronized @Nullable T value() {
      return value;
    }

    /** A look begins. */
    synchronized void begin(Change since) {
      stays = since != Change.UNKNOWN;
      if (since != Change.NONE) {
        value = null;
      }
    }

    /**
     * @param told whether a change of what was seen would give a hint
     */
    synchronized T get(Supplier<T> look, Predicate<T> told) {
      T known = value;
      if (known != null) {
        return known;
      }
      T seen = look.get();
      if (stays && told.test(seen)) {
        value = seen;
      }
      return seen;
    }
  }
}
