package dev.fjord.model;

import java.time.Instant;

/**
 * A program that fjord keeps running for a switch.
 *
 * @param network the switch's name
 * @param started when
 * @param settings what it was started with; another value asks for a new start
 * @param answers whether its socket is there
 */
public record ObservedDaemon(
    Kind kind, ResourceName network, long pid, Instant started, String settings, boolean answers) {
  /** Which program. */
  public enum Kind {
    /** uml_switch(1). */
    SWITCH,
    /** dnsmasq(8). */
    NAMES
  }
}
