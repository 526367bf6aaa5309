package dev.fjord.cli;

import dev.fjord.app.Format;
import picocli.CommandLine.Option;

/** The option of commands that print their result for people or for programs. */
final class Printing {
  @Option(
      names = "--format",
      paramLabel = "text|json",
      converter = Formats.TextOrJson.class,
      description = "How the result is printed. Default: text.")
  private Format format = Format.TEXT;

  boolean isJson() {
    return format == Format.JSON;
  }
}
