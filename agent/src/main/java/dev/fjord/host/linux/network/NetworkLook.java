package dev.fjord.host.linux.network;

import dev.fjord.model.ObservedBridge;
import dev.fjord.model.ObservedFilters;
import dev.fjord.model.Surroundings;
import java.util.Collection;

/**
 * One look at a network namespace, and at what other programs rule there. Safe for use by many
 * threads.
 */
public interface NetworkLook {
  /** As {@link Links#observe}. */
  Links.Seen links();

  /** As {@link FilterTables#observe}. */
  ObservedFilters filters();

  /** As {@link HostSurroundings#observe}. */
  Surroundings surroundings(Collection<ObservedBridge> interfaces);

  /** One that asks for everything. */
  static NetworkLook anew(Links links, FilterTables filters, HostSurroundings surroundings) {
    return new NetworkLook() {
      @Override
      public Links.Seen links() {
        return links.observe();
      }

      @Override
      public ObservedFilters filters() {
        return filters.observe();
      }

      @Override
      public Surroundings surroundings(Collection<ObservedBridge> interfaces) {
        return surroundings.observe(interfaces);
      }
    };
  }
}
