package dev.fjord.model;

import java.util.regex.Pattern;

/** An Ethernet address, lower case with colons ({@code 02:5e:10:00:00:01}). */
public record MacAddress(String value) {
  private static final Pattern FORM = Pattern.compile("[0-9a-f]{2}(:[0-9a-f]{2}){5}");

  public MacAddress {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException("'" + value + "' is not an Ethernet address");
    }
  }

  public static MacAddress parse(String text) {
    return new MacAddress(text);
  }

  @Override
  public String toString() {
    return value;
  }
}
