package dev.fjord.cli;

import dev.fjord.app.ExitCode;
import dev.fjord.app.Operations;
import dev.fjord.model.ResourceName;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code fjord console}. */
@Command(
    name = "console",
    mixinStandardHelpOptions = true,
    description = {
      "Opens an instance's console on this terminal.",
      "",
      "Enter wakes it; Ctrl-a d leaves it. Several may look at one console at once."
    },
    footer = {"", "Examples:", "  sudo fjord console linda", "", "See also: status"})
final class ConsoleCommand implements Callable<Integer> {
  private final GlobalOptions options;
  private final Supplier<Operations> operations;

  @Parameters(paramLabel = "NAME", description = "The instance.")
  private String name = "";

  @Spec private CommandSpec spec = CommandSpec.create();

  ConsoleCommand(GlobalOptions options, Supplier<Operations> operations) {
    this.options = options;
    this.operations = operations;
  }

  @Override
  public Integer call() {
    int ended = operations.get().console(operations.get().settings(options.config()), instance());
    return (ended == 0 ? ExitCode.OK : ExitCode.ERROR).number();
  }

  private ResourceName instance() {
    try {
      return new ResourceName(name);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }
}
