package dev.fjord.cli;

import dev.fjord.app.ExitCode;
import dev.fjord.app.Operations;
import dev.fjord.problem.Problem;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;

/** {@code fjord doctor}. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = {
      "Looks whether this host can run instances, and names what is missing.",
      "",
      "It looks at programs, devices, limits and settings, and changes nothing."
    },
    footer = {"", "Examples:", "  sudo fjord doctor", "", "See also: agent, status"})
final class DoctorCommand implements Callable<Integer> {
  private final GlobalOptions options;
  private final Terminal terminal;
  private final Supplier<Operations> operations;

  DoctorCommand(GlobalOptions options, Terminal terminal, Supplier<Operations> operations) {
    this.options = options;
    this.terminal = terminal;
    this.operations = operations;
  }

  @Override
  public Integer call() {
    List<Problem> problems =
        operations.get().doctor(options.config(), line -> terminal.print(line + "\n"));
    terminal.print(problems);
    return (problems.isEmpty() ? ExitCode.OK : ExitCode.ERROR).number();
  }
}
