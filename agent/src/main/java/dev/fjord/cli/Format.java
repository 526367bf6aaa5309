package dev.fjord.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How a command prints its result. */
enum Format {
  TEXT,
  JSON,
  MARKDOWN;

  /** {@code text} or {@code json}. */
  static final class TextOrJson implements ITypeConverter<Format> {
    @Override
    public Format convert(String value) {
      return switch (value) {
        case "text" -> TEXT;
        case "json" -> JSON;
        default -> throw new TypeConversionException("'" + value + "' is neither text nor json");
      };
    }
  }

  /** {@code text}, {@code json} or {@code markdown}. */
  static final class Any implements ITypeConverter<Format> {
    @Override
    public Format convert(String value) {
      return switch (value) {
        case "text" -> TEXT;
        case "json" -> JSON;
        case "markdown" -> MARKDOWN;
        default ->
            throw new TypeConversionException("'" + value + "' is none of text, json and markdown");
      };
    }
  }
}
