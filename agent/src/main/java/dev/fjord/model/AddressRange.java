package dev.fjord.model;

/** One address, or a range of them with both ends included ({@code 192.0.2.28-192.0.2.30}). */
public record AddressRange(Ipv4Address first, Ipv4Address last) {
  public AddressRange {
    if (first.compareTo(last) > 0) {
      throw new IllegalArgumentException("a range runs upwards, not " + first + "-" + last);
    }
  }

  public static AddressRange parse(String text) {
    int dash = text.indexOf('-');
    Ipv4Address first = Ipv4Address.parse(dash < 0 ? text : text.substring(0, dash).strip());
    return new AddressRange(
        first, dash < 0 ? first : Ipv4Address.parse(text.substring(dash + 1).strip()));
  }

  public boolean contains(Ipv4Address address) {
    return first.compareTo(address) <= 0 && address.compareTo(last) <= 0;
  }

  @Override
  public String toString() {
    return first.equals(last) ? first.toString() : first + "-" + last;
  }
}
