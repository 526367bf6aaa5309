package dev.fjord.cli;

import dev.fjord.app.ExitCode;
import dev.fjord.app.Operations;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;

/** {@code fjord poke}. */
@Command(
    name = "poke",
    mixinStandardHelpOptions = true,
    description = "Makes the agent that runs on this host look at once, as after a push.",
    footer = {"", "Examples:", "  git push && sudo fjord poke", "", "See also: agent, status"})
final class PokeCommand implements Callable<Integer> {
  private final GlobalOptions options;
  private final Supplier<Operations> operations;

  PokeCommand(GlobalOptions options, Supplier<Operations> operations) {
    this.options = options;
    this.operations = operations;
  }

  @Override
  public Integer call() {
    operations.get().poke(operations.get().settings(options.config()));
    return ExitCode.OK.number();
  }
}
