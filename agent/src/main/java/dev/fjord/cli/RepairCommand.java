package dev.fjord.cli;

import dev.fjord.app.ExitCode;
import dev.fjord.app.Operations;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code fjord repair}. */
@Command(
    name = "repair",
    mixinStandardHelpOptions = true,
    description = {
      "Has a stored image or kernel stored again from its source.",
      "",
      "For one whose content has changed: nothing else replaces it. The next run fetches it,"
          + " compares the digest, and puts it in the place of the changed one; the plan shows it."
          + " An agent that runs is told to begin at once. One order is one try. Machines that run"
          + " keep the changed bytes that they have open: restart them afterwards. An image that"
          + " was built here has no source: put a copy of it back, or change its recipe."
    },
    footer = {
      "",
      "Examples:",
      "  sudo fjord repair image/tiny@0123456789ab",
      "  sudo fjord repair kernel/uml && sudo fjord apply",
      "",
      "See also: verify, status"
    })
final class RepairCommand implements Callable<Integer> {
  private final GlobalOptions options;
  private final Terminal terminal;
  private final Supplier<Operations> operations;

  @Parameters(
      paramLabel = "VERSION",
      description = "As 'image/tiny', 'kernel/uml' or 'image/tiny@0123456789ab'.")
  private String version = "";

  RepairCommand(GlobalOptions options, Terminal terminal, Supplier<Operations> operations) {
    this.options = options;
    this.terminal = terminal;
    this.operations = operations;
  }

  @Override
  public Integer call() {
    Operations host = operations.get();
    terminal.print(host.repair(host.settings(options.config()), version) + "\n");
    return ExitCode.OK.number();
  }
}
