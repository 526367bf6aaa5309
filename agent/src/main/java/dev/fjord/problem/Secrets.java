package dev.fjord.problem;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What this process was given and must not reveal: passwords and tokens of repositories and
 * proxies. All text that leaves the process passes {@link #hidden} last, after it was put together:
 * the terminal, the log, the status, the journal. A secret that was learned is hidden wherever it
 * turns up; of a URL that was not learned, the part before its {@code @} is hidden.
 *
 * <p>One for the process, as its output is one. Thread-safe.
 */
public final class Secrets {
  /** What stands in the place of a secret. */
  public static final String MASK = "***";

  /** Shorter ones, and short words, are hidden only where a URL would have them. */
  private static final int DISTINCT = 4;

  private static final int SURELY_DISTINCT = 8;

  /** A name before {@code @} that is longer is a token. */
  private static final int LONGEST_USER = 15;

  private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*):?/+");

  /** {@code user@}, or {@code user:} and all up to the last {@code @}; no port. */
  private static final Pattern USER_INFO =
      Pattern.compile(
          "(?i)\\b((?!ssh:|svn\\+ssh:)[a-z][a-z0-9+.-]*:/{1,3}|https?//)"
              + "(?:[^\\s/@\"'<>`:]+:(?!\\d+/)[^\\s\"'<>`]*|[^\\s/@\"'<>`]*)@");

  private static final Pattern SSH_PASSWORD =
      Pattern.compile("(?i)\\b(ssh://[^/:@\\s]*):[^\\s\"'<>`]*@");

  private static final Pattern QUERY =
      Pattern.compile(
          "(?i)([?&][a-z_-]*(?:token|key|password|passwd|secret|signature|sig)=)[^&\\s\"'<>`]+");

  private static final Pattern HEX = Pattern.compile("%[0-9A-F]{2}");

  private static final Set<String> FORMS =
      new ConcurrentSkipListSet<>(
          Comparator.comparingInt(String::length).reversed().thenComparing(form -> form));

  private Secrets() {}

  /** Learns what an environment says of proxies. */
  public static void learnProxies(Map<String, String> environment) {
    environment.forEach((name, value) -> {
      if (name.toLowerCase(Locale.ROOT).endsWith("_proxy")) {
        learn(value);
      }
    });
  }

  /**
   * Learns what is secret in a file of settings, before it is known whether it can be understood:
   * in each word of it that has an {@code @}, and in what stands behind {@code repository:}.
   */
  public static void learnSettings(String text) {
    text.lines()
        .forEach(line -> {
          int colon = line.indexOf("repository");
          if (colon >= 0) {
            learn(line.substring(colon).replaceFirst("^repository[\"']?\\s*:\\s*", ""));
          }
          for (String word : line.split("\\s+", -1)) {
            learn(word);
          }
        });
  }

  /**
   * Learns what stands between the scheme and the last {@code @} of what may be meant as a URL,
   * whether it is one or not.
   */
  public static void learn(String urlLike) {
    String text = urlLike.strip().replaceFirst("^[\"']", "");
    int at = text.lastIndexOf('@');
    if (at < 0 || text.startsWith("/")) {
      return;
    }
    Matcher scheme = SCHEME.matcher(text);
    boolean hasScheme = scheme.lookingAt() && scheme.end() <= at;
    String userInfo = text.substring(hasScheme ? scheme.end() : 0, at);
    int colon = userInfo.indexOf(':');
    String user = colon < 0 ? userInfo : userInfo.substring(0, colon);
    if (user.length() > LONGEST_USER && hasScheme && !scheme.group(1).endsWith("ssh")) {
      add(user);
    }
    if (colon >= 0) {
      add(userInfo);
    }
    while (colon >= 0) {
      String password = userInfo.substring(colon + 1);
      add(password);
      // A parser that splits an unencoded secret reports its pieces, as a host or as a path.
      for (String piece : password.split("[/@:?#]+", -1)) {
        add(piece);
      }
      addForm(base64(decoded(user) + ":" + decoded(password)));
      colon = userInfo.indexOf(':', colon + 1);
    }
    addForm(base64(decoded(user) + ":"));
  }

  private static void add(String secret) {
    for (String plain : List.of(secret, decoded(secret))) {
      String encoded = URLEncoder.encode(plain, StandardCharsets.UTF_8);
      for (String form :
          new String[] {
            plain,
            encoded,
            encoded.replace("+", "%20"),
            lowerHex(encoded),
            lowerHex(encoded.replace("+", "%20")),
            encoded.replace("+", "%20").replace("%7E", "~").replace("*", "%2A"),
            Printable.line(plain),
            json(plain),
            json(Printable.line(plain)),
            base64(plain)
          }) {
        addForm(form);
      }
    }
  }

  private static String lowerHex(String encoded) {
    return HEX.matcher(encoded).replaceAll(found -> found.group().toLowerCase(Locale.ROOT));
  }

  private static void addForm(String form) {
    if (!form.isEmpty()) {
      FORMS.add(form);
    }
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException notEncoded) {
      return text;
    }
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String json(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ' || c > '~') {
        out.append("\\u%04X".formatted((int) c));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  /** The text, without what is secret in it. */
  public static String hidden(String text) {
    String shown = text;
    for (String form : FORMS) {
      shown = without(shown, form);
    }
    if (shown.indexOf('@') >= 0) {
      shown = USER_INFO.matcher(shown).replaceAll("$1" + Matcher.quoteReplacement(MASK) + "@");
      shown = SSH_PASSWORD.matcher(shown).replaceAll("$1:" + Matcher.quoteReplacement(MASK) + "@");
    }
    return shown.indexOf('=') < 0
        ? shown
        : QUERY.matcher(shown).replaceAll("$1" + Matcher.quoteReplacement(MASK));
  }

  private static String without(String text, String form) {
    if (!isDistinct(form)) {
      return text.replace(":" + form + "@", ":" + MASK + "@");
    }
    return withoutBeginning(withoutBeginning(text.replace(form, MASK), form, "…"), form, "...");
  }

  /** A text that was shortened may end in the middle of one. */
  private static String withoutBeginning(String text, String form, String ellipsis) {
    if (!text.contains(ellipsis)) {
      return text;
    }
    StringBuilder out = new StringBuilder(text);
    for (int at = out.indexOf(ellipsis); at >= 0; at = out.indexOf(ellipsis, at + 1)) {
      for (int length = Math.min(form.length() - 1, at); length >= DISTINCT; length--) {
        if (out.substring(at - length, at).equals(form.substring(0, length))) {
          out.replace(at - length, at, MASK);
          at -= length - MASK.length();
          break;
        }
      }
    }
    return out.toString();
  }

  /** Whether it is long enough to hide everywhere: short words occur in every text. */
  private static boolean isDistinct(String form) {
    return form.length() >= SURELY_DISTINCT
        || form.length() >= DISTINCT && !form.chars().allMatch(Character::isLowerCase);
  }
}
