package dev.fjord.model;

import org.jspecify.annotations.Nullable;

/**
 * A tap.
 *
 * @param instance the instance that fjord's mark on it names; null when it bears no such mark
 * @param daemon the switch whose daemon has it, by fjord's mark; null when it bears no such mark
 * @param bridge what it is a port of; null for none
 * @param up administratively
 * @param rate to which what goes to the guest is held; null for no limit
 */
public record ObservedPort(
    InterfaceName tap,
    @Nullable ResourceName instance,
    @Nullable ResourceName daemon,
    @Nullable InterfaceName bridge,
    boolean up,
    @Nullable Rate rate) {

  /** One of an instance, or of nobody known, without a limit. */
  public ObservedPort(
      InterfaceName tap,
      @Nullable ResourceName instance,
      @Nullable InterfaceName bridge,
      boolean up) {
    this(tap, instance, null, bridge, up, null);
  }
}
