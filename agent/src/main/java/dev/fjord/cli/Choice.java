package dev.fjord.cli;

import dev.fjord.app.Selection;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which files a command reads, where these are not the agent's own. */
final class Choice {
  @Option(
      names = "--repository",
      paramLabel = "URL|DIR",
      description = "Read this repository, or this folder as it is.")
  private @Nullable String repository;

  @Option(
      names = "--revision",
      paramLabel = "REV",
      description = "Read this branch, tag or commit.")
  private @Nullable String revision;

  /** Null for the agent's own. */
  @Nullable String repository() {
    return repository;
  }

  /** Null for the newest. */
  @Nullable String revision() {
    return revision;
  }

  Selection selection() {
    return new Selection(repository, revision);
  }
}
