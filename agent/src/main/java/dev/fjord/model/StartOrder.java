package dev.fjord.model;

import java.util.List;

/**
 * When an instance starts among those that start in one run. Order only: an instance whose
 * predecessor fails to start is started all the same. It counts among the machines of one owner;
 * the site's start before all others.
 *
 * @param order lower ones first; equal ones side by side
 * @param after these first, whatever their order: machines of the same owner, or the site's
 */
public record StartOrder(int order, List<ResourceName> after) {
  public static final int DEFAULT_ORDER = 100;
  public static final StartOrder ANY = new StartOrder(DEFAULT_ORDER, List.of());

  public StartOrder {
    after = List.copyOf(after);
  }
}
