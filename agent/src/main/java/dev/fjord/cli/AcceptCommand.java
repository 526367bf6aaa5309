package dev.fjord.cli;

import dev.fjord.app.ExitCode;
import dev.fjord.app.Operations;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code fjord accept}. */
@Command(
    name = "accept",
    mixinStandardHelpOptions = true,
    description = {
      "Follows a rewritten history from now on, on purpose.",
      "",
      "The agent follows its branch only forward. When the branch was rewritten, it stays where it"
          + " is and reports 'rewritten-history'. If that was meant, name the commit to go on from,"
          + " on the branch as it was last fetched. Stop the agent first: it holds the lock."
    },
    footer = {
      "",
      "Examples:",
      "  fjord accept --revision 3f2a9c81d0b4",
      "",
      "See also: plan, agent"
    })
final class AcceptCommand implements Callable<Integer> {
  private final GlobalOptions options;
  private final Terminal terminal;
  private final Supplier<Operations> operations;

  @Option(
      names = "--revision",
      paramLabel = "REV",
      required = true,
      description = "A commit of the agent's branch, or its first digits.")
  private String revision = "";

  AcceptCommand(GlobalOptions options, Terminal terminal, Supplier<Operations> operations) {
    this.options = options;
    this.terminal = terminal;
    this.operations = operations;
  }

  @Override
  public Integer call() {
    String id = operations.get().accept(operations.get().settings(options.config()), revision);
    terminal.print("The branch is followed from " + id + " on; the next run applies it.\n");
    return ExitCode.OK.number();
  }
}
