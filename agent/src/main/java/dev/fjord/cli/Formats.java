package dev.fjord.cli;

import dev.fjord.app.Format;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Formats as a command line names them. */
final class Formats {
  private Formats() {}

  /** {@code text} or {@code json}. */
  static final class TextOrJson implements ITypeConverter<Format> {
    @Override
    public Format convert(String value) {
      return switch (value) {
        case "text" -> Format.TEXT;
        case "json" -> Format.JSON;
        default -> throw new TypeConversionException("'" + value + "' is neither text nor json");
      };
    }
  }

  /** {@code text}, {@code json} or {@code markdown}. */
  static final class Any implements ITypeConverter<Format> {
    @Override
    public Format convert(String value) {
      return switch (value) {
        case "text" -> Format.TEXT;
        case "json" -> Format.JSON;
        case "markdown" -> Format.MARKDOWN;
        default ->
            throw new TypeConversionException("'" + value + "' is none of text, json and markdown");
      };
    }
  }
}
