package dev.fjord.cli;

import picocli.CommandLine.Option;

/** How a command prints its result, where that is for people or for programs. */
final class Printing {
  @Option(
      names = "--format",
      paramLabel = "text|json",
      converter = Format.TextOrJson.class,
      description = "How the result is printed; json has sizes in bytes. Default: text.")
  private Format format = Format.TEXT;

  boolean isJson() {
    return format == Format.JSON;
  }
}
