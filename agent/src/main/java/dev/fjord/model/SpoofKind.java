package dev.fjord.model;

import org.jspecify.annotations.Nullable;

/** The kinds of frames that their sender has no right to send. */
public enum SpoofKind {
  /** From an Ethernet address that is not the sender's. */
  ETHERNET(1, "another Ethernet address"),
  /** From an IPv4 address that is not the sender's. */
  IPV4(2, "another IPv4 address"),
  /** ARP (RFC 826) that speaks of an address that is not the sender's. */
  ARP(3, "ARP for another address"),
  /** From an IPv6 address that is not the sender's. */
  IPV6(4, "another IPv6 address"),
  /** Neighbour discovery (RFC 4861) for an address that is not the sender's. */
  NEIGHBOUR(5, "neighbour discovery for another address"),
  /** What a server or a relay of DHCP sends (RFC 2131, RFC 8415). */
  DHCP(6, "DHCP server"),
  /** Router advertisements and redirects, of IPv4 and IPv6. */
  ROUTER(7, "router advertisement or redirect"),
  /** Queries for members of groups (IGMP, MLD). */
  QUERIER(8, "multicast query"),
  /** What is neither ARP nor IP: tags, frames for bridges, other protocols. */
  PROTOCOL(9, "neither ARP nor IP"),
  /** Headers that are broken, or that hide what follows them. */
  HIDDEN(10, "broken or hidden headers");

  private final int mark;
  private final String words;

  SpoofKind(int mark, String words) {
    this.mark = mark;
    this.words = words;
  }

  /** The number that the filter has for it, {@code bridge.nft}: it never changes. */
  public int mark() {
    return mark;
  }

  /** As a person reads it: what was tried. */
  public String words() {
    return words;
  }

  /** The kind with that number; null for a number that a later version uses. */
  public static @Nullable SpoofKind of(long mark) {
    for (SpoofKind kind : values()) {
      if (kind.mark == mark) {
        return kind;
      }
    }
    return null;
  }
}
