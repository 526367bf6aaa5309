package dev.fjord.cli;

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
  private final Fjord fjord;
  private final Supplier<Operations> operations;

  PokeCommand(Fjord fjord, Supplier<Operations> operations) {
    this.fjord = fjord;
    this.operations = operations;
  }

  @Override
  public Integer call() {
    operations.get().poke(operations.get().settings(fjord.config()));
    return ExitCode.OK.number();
  }
}
