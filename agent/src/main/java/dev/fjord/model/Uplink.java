package dev.fjord.model;

import org.jspecify.annotations.Nullable;

/**
 * How a switch reaches other networks.
 *
 * @param device the host's interface to them; null for whichever has the default route. Never null
 *     for {@link Mode#BRIDGED}
 * @param router the instance that is the gateway; never null for {@link Mode#INSTANCE}, and null
 *     for every other mode
 */
public record Uplink(Mode mode, @Nullable InterfaceName device, @Nullable Router router) {
  public static final Uplink NONE = new Uplink(Mode.NONE, null);

  /** An uplink without an instance as its gateway. */
  public Uplink(Mode mode, @Nullable InterfaceName device) {
    this(mode, device, null);
  }

  /**
   * Names an instance with its owner, so that an owner's instance cannot become a router by taking
   * its name.
   */
  public record Router(Owner owner, ResourceName instance) {
    /** {@code gate} is the site's own, {@code linda/gate} partner linda's. */
    public static Router parse(String text) {
      int slash = text.indexOf('/');
      return slash < 0
          ? new Router(Owner.SITE, ResourceName.parse(text))
          : new Router(
              Owner.partner(ResourceName.parse(text.substring(0, slash))),
              ResourceName.parse(text.substring(slash + 1)));
    }

    public boolean is(ResourceName name, Owner of) {
      return instance.equals(name) && owner.equals(of);
    }

    @Override
    public String toString() {
      return owner.isSite() ? instance.toString() : owner.partner() + "/" + instance;
    }
  }

  /** Whether the host is the gateway. */
  public boolean isByHost() {
    return switch (mode) {
      case NONE, ROUTED, NAT -> true;
      case BRIDGED, EXISTING, INSTANCE -> false;
    };
  }

  /** Ways of reaching other networks. */
  public enum Mode {
    /** Not at all: guests reach each other and the host. */
    NONE,
    /** The subnet is routed to the host, which forwards packets as they are. */
    ROUTED,
    /** The host's interface is a port of the bridge; the gateway is another machine. */
    BRIDGED,
    /** The bridge is one of the host's own that fjord did not make, with its own ways out. */
    EXISTING,
    /** One of its instances is the gateway; the host has no address there. */
    INSTANCE,
    /** The host hides the subnet behind an address of its own. */
    NAT
  }
}
