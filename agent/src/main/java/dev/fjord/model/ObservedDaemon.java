package dev.fjord.model;

import java.time.Instant;

/**
 * A program that fjord keeps running for a switch, or for an instance, or kept running until it
 * ended by itself.
 *
 * @param network the switch's name; of a capture the instance's
 * @param pid 0 when it does not run
 * @param started when; without a meaning when it does not run
 * @param settings what it was started with; another value asks for a new start
 * @param answers whether it does its work: it answered a question, and was not only seen to run
 * @param starts how its starts went
 */
public record ObservedDaemon(
    Kind kind,
    ResourceName network,
    long pid,
    Instant started,
    String settings,
    boolean answers,
    Starts starts) {
  /** Which program. */
  public enum Kind {
    /** uml_switch(1). */
    SWITCH,
    /** dnsmasq(8). */
    NAMES,
    /** tcpdump(8), of an instance. */
    CAPTURE;

    /** The program's name. */
    public String program() {
      return switch (this) {
        case SWITCH -> "uml_switch";
        case NAMES -> "dnsmasq";
        case CAPTURE -> "tcpdump";
      };
    }
  }

  /** One that is gone. */
  public static ObservedDaemon gone(Kind kind, ResourceName network, Starts starts) {
    return new ObservedDaemon(kind, network, 0, Instant.EPOCH, "", false, starts);
  }

  public boolean runs() {
    return pid != 0;
  }
}
