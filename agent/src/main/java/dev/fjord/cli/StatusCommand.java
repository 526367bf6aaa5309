package dev.fjord.cli;

import dev.fjord.model.AgentSettings;
import dev.fjord.report.Status;
import dev.fjord.report.StatusFile;
import dev.fjord.report.StatusJson;
import dev.fjord.report.StatusText;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code fjord status}. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = {
      "Tells what the host was like at the end of the last run.",
      "",
      "It reads what the agent left, and looks at nothing itself."
    },
    footer = {
      "",
      "Examples:",
      "  fjord status",
      "  fjord status --format json | jq '.instances[] | select(.power != \"running\").name'",
      "",
      "See also: plan, poke, console"
    })
final class StatusCommand implements Callable<Integer> {
  private final Fjord fjord;
  private final Terminal terminal;
  private final Supplier<Operations> operations;

  @Mixin private Printing printing = new Printing();

  StatusCommand(Fjord fjord, Terminal terminal, Supplier<Operations> operations) {
    this.fjord = fjord;
    this.terminal = terminal;
    this.operations = operations;
  }

  @Override
  public Integer call() {
    AgentSettings settings = operations.get().settings(fjord.config());
    Status status = CommandFailure.orThrow(StatusFile.read(settings.layout()));
    terminal.print(
        printing.isJson()
            ? StatusJson.text(status)
            : StatusText.of(status, Instant.now(), terminal.outPaint()));
    return ExitCode.OK.number();
  }
}
