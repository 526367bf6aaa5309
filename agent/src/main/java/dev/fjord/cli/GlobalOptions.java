package dev.fjord.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The options that every command has. */
final class GlobalOptions {
  /** Where the agent's settings are, unless another file is named. */
  static final String SETTINGS = "/etc/fjord/agent.yaml";

  @Option(
      names = "--config",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = {"The agent's settings. Default:", SETTINGS})
  private Path config = Path.of(SETTINGS);

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "With stack traces and everything that is logged.")
  private boolean debug;

  Path config() {
    return config;
  }

  boolean debug() {
    return debug;
  }
}
