package dev.fjord.model;

import org.jspecify.annotations.Nullable;

/**
 * A tap.
 *
 * @param instance the instance that fjord's mark on it names; null when it bears no such mark
 * @param bridge what it is a port of; null for none
 * @param up administratively
 * @param rate to which what goes to the guest is held; null for no limit
 */
public record ObservedPort(
    InterfaceName tap,
    @Nullable ResourceName instance,
    @Nullable InterfaceName bridge,
    boolean up,
    @Nullable Rate rate) {
  /** One without a limit. */
  public ObservedPort(
      InterfaceName tap,
      @Nullable ResourceName instance,
      @Nullable InterfaceName bridge,
      boolean up) {
    this(tap, instance, bridge, up, null);
  }
}
