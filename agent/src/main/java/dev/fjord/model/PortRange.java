package dev.fjord.model;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One port, or a range of them with both ends included ({@code 2200-2299}); 1 to 65535. */
public record PortRange(int first, int last) {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,5})(?: ?- ?([0-9]{1,5}))?");
  public static final int MOST = 65535;

  public PortRange {
    if (first < 1 || last > MOST || first > last) {
      throw new IllegalArgumentException(
          "ports run upwards from 1 to " + MOST + ", not " + first + "-" + last);
    }
  }

  public static PortRange parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException("'" + text + "' is not a range of ports: 2200-2299");
    }
    int first = Integer.parseInt(form.group(1));
    return new PortRange(first, form.group(2) == null ? first : Integer.parseInt(form.group(2)));
  }

  public boolean contains(int port) {
    return first <= port && port <= last;
  }

  @Override
  public String toString() {
    return first == last ? Integer.toString(first) : first + "-" + last;
  }
}
