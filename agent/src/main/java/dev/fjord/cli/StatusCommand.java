package dev.fjord.cli;

import dev.fjord.app.ExitCode;
import dev.fjord.app.Operations;
import dev.fjord.model.AgentSettings;
import dev.fjord.problem.Printable;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemsException;
import dev.fjord.report.Presence;
import dev.fjord.report.Status;
import dev.fjord.report.Status.InstanceStatus;
import dev.fjord.report.StatusFile;
import dev.fjord.report.StatusJson;
import dev.fjord.report.StatusText;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code fjord status}. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = {
      "Tells what the host was like at the end of the last run.",
      "",
      "It reads what the agent left, and looks itself only whether an agent is there. It exits with"
          + " 0 where the host is converged and who said so is there to keep it; where nobody is,"
          + " an agent's word counts no more. A run that did not come through is told with the age"
          + " of the last good one.",
      "",
      "With NAME it tells all that is known of that instance, and how its kernel ended the last"
          + " time that nobody had told it to."
    },
    footer = {
      "",
      "Examples:",
      "  fjord status",
      "  fjord status linda",
      "  fjord status --format json | jq '.instances[] | select(.power != \"running\").name'",
      "",
      "See also: plan, poke, console"
    })
final class StatusCommand implements Callable<Integer> {
  private final GlobalOptions options;
  private final Terminal terminal;
  private final Supplier<Operations> operations;

  @Parameters(paramLabel = "NAME", arity = "0..1", description = "One instance.")
  private @Nullable String name;

  @Mixin private Printing printing = new Printing();

  StatusCommand(GlobalOptions options, Terminal terminal, Supplier<Operations> operations) {
    this.options = options;
    this.terminal = terminal;
    this.operations = operations;
  }

  @Override
  public Integer call() {
    AgentSettings settings = operations.get().settings(options.config());
    Status status = ProblemsException.orThrow(StatusFile.read(settings.layout()));
    if (name != null) {
      InstanceStatus one = instance(status, name);
      terminal.print(
          printing.isJson()
              ? StatusJson.text(one)
              : StatusText.of(one, status.at(), Instant.now(), terminal.outPaint()));
      return ExitCode.OK.number();
    }
    Presence presence = operations.get().presence(settings);
    terminal.print(
        printing.isJson()
            ? StatusJson.text(status, presence)
            : StatusText.of(status, presence, Instant.now(), terminal.outPaint()));
    return ExitCode.ofStatus(status, presence).number();
  }

  private static InstanceStatus instance(Status status, String name) {
    return status.instances().stream()
        .filter(one -> one.name().value().equals(name))
        .findFirst()
        .orElseThrow(() ->
            Problem.of(
                    "no-instance",
                    "this host has no instance "
                        + Printable.quote(name)
                        + " as the last run saw it")
                .hint("'fjord status' lists them.")
                .asException());
  }
}
