package dev.fjord.model;

import java.util.List;

/**
 * All that fjord filters, forwards and translates on a host: one value, from which its tables are
 * made.
 *
 * @param uids that kernels run as: they open no connections of their own
 * @param switches in order of their names
 * @param ports in order of their taps
 */
public record Filters(UidRange uids, List<Switch> switches, List<FilteredPort> ports) {
  public Filters {
    switches = List.copyOf(switches);
    ports = List.copyOf(ports);
  }
}
