package dev.fjord.model;

/** An address of either version. */
public sealed interface IpAddress permits Ipv4Address, Ipv6Address {

  /** Reads either form; a colon marks IPv6. */
  static IpAddress parse(String text) {
    return text.indexOf(':') < 0 ? Ipv4Address.parse(text) : Ipv6Address.parse(text);
  }
}
