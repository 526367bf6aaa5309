package dev.fjord.report;

import dev.fjord.problem.Printable;
import dev.fjord.problem.Secrets;

/**
 * Foreign text in Markdown. Character references, because a backslash neither keeps a bar from
 * ending a table's cell inside code nor a forge from notifying the account that is named after an
 * at sign.
 */
final class Markdown {
  private static final String SPECIAL = "&<>|`*_[](){}#!~\\\"'$^=";

  private Markdown() {}

  /** Inline code. Forges make neither links nor mentions inside of it. */
  static String code(String text) {
    return "<code>" + escaped(text).replace("@", "&#64;") + "</code>";
  }

  /** Text that reads as it is written. The empty comment keeps an at sign from its name. */
  static String prose(String text) {
    return escaped(text).replace("@", "&#64;<!-- -->").replace("&#35;", "&#35;<!-- -->");
  }

  private static String escaped(String text) {
    StringBuilder out = new StringBuilder();
    for (char character : Printable.line(Secrets.hidden(text)).toCharArray()) {
      if (SPECIAL.indexOf(character) >= 0) {
        out.append("&#").append((int) character).append(';');
      } else {
        out.append(character);
      }
    }
    // These are texts that a forge would turn into a link by itself.
    return out.toString().replace("://", "&#58;//").replaceAll("(?i)(www)\\.", "$1&#46;");
  }
}
