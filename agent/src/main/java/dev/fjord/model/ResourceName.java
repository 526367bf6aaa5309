package dev.fjord.model;

import java.util.regex.Pattern;

/**
 * The name of a resource: 1 to 32 characters, {@code [a-z]([-a-z0-9]{0,30}[a-z0-9])?}. Safe as a
 * file name, a host name label (RFC 1123) and a word of a kernel command line.
 */
public record ResourceName(String value) implements Comparable<ResourceName> {
  public static final String PATTERN = "[a-z]([-a-z0-9]{0,30}[a-z0-9])?";
  private static final Pattern COMPILED = Pattern.compile(PATTERN);

  public ResourceName {
    if (!COMPILED.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "a name is 1 to 32 of a-z, 0-9 and '-', starts with a letter and does not end in '-'");
    }
  }

  public static ResourceName parse(String text) {
    return new ResourceName(text);
  }

  @Override
  public int compareTo(ResourceName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
