package dev.fjord.cli;

import dev.fjord.app.ExitCode;
import dev.fjord.app.Operations;
import dev.fjord.model.AgentSettings;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;

/** {@code fjord agent}. */
@Command(
    name = "agent",
    mixinStandardHelpOptions = true,
    description = {
      "Keeps this host as the repository says, until it is told to end.",
      "",
      "It looks by a timer ('poll' in the settings), at once on SIGHUP and on 'fjord poke'. SIGTERM"
          + " ends it after the changes that have begun. Its end, restart or upgrade disturbs no"
          + " instance. It logs to the standard error."
    },
    footer = {
      "",
      "Examples:",
      "  fjord agent",
      "  fjord agent --config agent.yaml",
      "",
      "See also: apply, poke, status, doctor"
    })
final class AgentCommand implements Callable<Integer> {
  private final GlobalOptions options;
  private final Terminal terminal;
  private final Supplier<Operations> operations;

  AgentCommand(GlobalOptions options, Terminal terminal, Supplier<Operations> operations) {
    this.options = options;
    this.terminal = terminal;
    this.operations = operations;
  }

  @Override
  public Integer call() {
    LogSetup.talkative(options.debug());
    AgentSettings settings = operations.get().settings(options.config());
    terminal.tell("fjord agent: host " + settings.host() + ", settings " + options.config());
    operations.get().agent(settings);
    return ExitCode.OK.number();
  }
}
