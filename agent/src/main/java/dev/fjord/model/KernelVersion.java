package dev.fjord.model;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a kernel calls itself, {@code 6.1.176}; only its first two numbers decide anything.
 *
 * @param text whole
 */
public record KernelVersion(String text) {
  private static final Pattern FORM =
      Pattern.compile("([0-9]{1,3})\\.([0-9]{1,4})([-.+~_a-zA-Z0-9]{0,60})");

  public KernelVersion {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException("'" + text + "' is not a kernel's version: 6.1.176");
    }
  }

  public static KernelVersion parse(String text) {
    return new KernelVersion(text);
  }

  /** Whether it is {@code major.minor} or older. */
  public boolean isAtMost(int major, int minor) {
    Matcher form = FORM.matcher(text);
    form.matches();
    int first = Integer.parseInt(form.group(1));
    return first < major || first == major && Integer.parseInt(form.group(2)) <= minor;
  }

  @Override
  public String toString() {
    return text;
  }
}
