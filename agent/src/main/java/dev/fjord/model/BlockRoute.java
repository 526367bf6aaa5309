package dev.fjord.model;

/**
 * A route of the host's to a block of addresses behind an instance. It bears fjord's mark, which is
 * its protocol (rtm_protocol of rtnetlink(7)).
 *
 * @param via the instance's own address
 * @param bridge the interface by which the packets leave
 */
public record BlockRoute(IpPrefix prefix, IpAddress via, InterfaceName bridge)
    implements Comparable<BlockRoute> {
  /** "F" in ASCII; no routing daemon has this number (include/uapi/linux/rtnetlink.h). */
  public static final int PROTOCOL = 70;

  @Override
  public int compareTo(BlockRoute other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public String toString() {
    return prefix + " via " + via + " on " + bridge;
  }
}
