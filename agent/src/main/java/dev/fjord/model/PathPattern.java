package dev.fjord.model;

import dev.fjord.problem.Printable;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The paths of the repository that a signer may change. A pattern is a path from the repository's
 * root whose parts stand between {@code /}. In a part, {@code *} stands for any characters, none
 * included. The part {@code **} stands for any number of parts, none included; as the last one it
 * stands for everything below, so for one part at least. There are no other special characters, and
 * those that have a meaning elsewhere ({@code ? [ ] { } ! \}) are refused. Letters match as they
 * are written, and a name that begins with a dot is a name like others.
 */
public record PathPattern(String text) {
  public static final int LONGEST = 200;

  private static final String ANY_PARTS = "**";
  private static final Pattern ELSEWHERE_SPECIAL = Pattern.compile("[?\\[\\]{}!\\\\]");

  public PathPattern {
    String fault = fault(text);
    if (fault != null) {
      throw new IllegalArgumentException(
          Printable.quote(text) + " is no pattern of paths: " + fault);
    }
  }

  public static PathPattern parse(String text) {
    return new PathPattern(text);
  }

  private static @Nullable String fault(String text) {
    if (text.isEmpty() || text.length() > LONGEST) {
      return "it has 1 to " + LONGEST + " characters";
    }
    if (text.chars().anyMatch(c -> Character.isISOControl(c) || c == 0xFFFD)) {
      return "it holds control characters";
    }
    if (ELSEWHERE_SPECIAL.matcher(text).find()) {
      return "only '*' and '**' are special, and none of ? [ ] { } ! \\ may stand in it";
    }
    for (String part : text.split("/", -1)) {
      if (part.isEmpty()) {
        return "it neither begins nor ends with '/', and has no '//'";
      }
      if (part.equals(".") || part.equals("..")) {
        return "it has no part '" + part + "'";
      }
      if (part.contains(ANY_PARTS) && !part.equals(ANY_PARTS)) {
        return "'**' stands alone between two '/'";
      }
    }
    return null;
  }

  /**
   * Whether it stands for a path.
   *
   * @param path relative, with {@code /}
   */
  public boolean matches(String path) {
    List<String> parts = List.of(text.split("/", -1));
    List<String> names = List.of(path.split("/", -1));
    if (parts.get(parts.size() - 1).equals(ANY_PARTS)) {
      // Everything below a folder is not the folder's own name, which may be a file's.
      return matches(parts.subList(0, parts.size() - 1), names, true);
    }
    return matches(parts, names, false);
  }

  /**
   * Matches in linear space, as is usual for wildcards: it only ever goes back to the last {@code
   * **}.
   *
   * @param below whether one or more names may follow that no part stands for
   */
  private static boolean matches(List<String> parts, List<String> names, boolean below) {
    int part = 0;
    int name = 0;
    int lastStar = -1;
    int lastName = 0;
    while (true) {
      if (part == parts.size() && (below ? name < names.size() : name == names.size())) {
        return true;
      }
      if (part < parts.size() && parts.get(part).equals(ANY_PARTS)) {
        lastStar = part++;
        lastName = name;
      } else if (part < parts.size()
          && name < names.size()
          && matchesPart(parts.get(part), names.get(name))) {
        part++;
        name++;
      } else if (lastStar >= 0 && lastName < names.size()) {
        part = lastStar + 1;
        name = ++lastName;
      } else {
        return false;
      }
    }
  }

  private static boolean matchesPart(String part, String name) {
    int at = 0;
    int in = 0;
    int star = -1;
    int from = 0;
    while (in < name.length()) {
      if (at < part.length() && part.charAt(at) == '*') {
        star = at++;
        from = in;
      } else if (at < part.length() && part.charAt(at) == name.charAt(in)) {
        at++;
        in++;
      } else if (star >= 0) {
        at = star + 1;
        in = ++from;
      } else {
        return false;
      }
    }
    while (at < part.length() && part.charAt(at) == '*') {
      at++;
    }
    return at == part.length();
  }

  @Override
  public String toString() {
    return text;
  }
}
