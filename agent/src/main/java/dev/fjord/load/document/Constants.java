package dev.fjord.load.document;

import java.util.Locale;

/** Words of a document that stand for constants. */
final class Constants {
  private Constants() {}

  /** What the schema lets through: the constant's name in lower case, with '-' or '_'. */
  static <E extends Enum<E>> E read(Part part, Class<E> type, E otherwise) {
    String text = part.text();
    return text == null
        ? otherwise
        : Enum.valueOf(type, text.toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}
