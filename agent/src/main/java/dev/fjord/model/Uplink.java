package dev.fjord.model;

import org.jspecify.annotations.Nullable;

/**
 * How a switch reaches other networks.
 *
 * @param device the host's interface to them; null for whichever has the default route. Of {@link
 *     Mode#BRIDGED} never null
 */
public record Uplink(Mode mode, @Nullable InterfaceName device) {
  public static final Uplink NONE = new Uplink(Mode.NONE, null);

  /** Ways of reaching other networks. */
  public enum Mode {
    /** Not at all: guests reach each other and the host. */
    NONE,
    /** The subnet is routed to the host, which passes packets on as they are. */
    ROUTED,
    /** The host's interface is a port of the bridge; the gateway is somebody else. */
    BRIDGED,
    /** The host hides the subnet behind an address of its own. */
    NAT
  }
}
