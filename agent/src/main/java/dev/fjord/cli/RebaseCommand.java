package dev.fjord.cli;

import dev.fjord.app.ExitCode;
import dev.fjord.app.Operations;
import dev.fjord.app.Operations.Rehearsed;
import dev.fjord.model.AgentSettings;
import dev.fjord.model.ResourceName;
import dev.fjord.report.RebaseJson;
import dev.fjord.report.RebaseText;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code fjord rebase --dry-run}. */
@Command(
    name = "rebase",
    mixinStandardHelpOptions = true,
    description = {
      "Tells what moving a machine to another version of its image would carry over.",
      "",
      "A machine whose document says 'onImageChange: rebase' is moved when its Image gets a new"
          + " sha256. File by file: what nobody changed is taken from the new version; what its"
          + " partner changed, added or deleted stays so; what both have changed stays the"
          + " partner's, and is listed as a conflict. This command does it, prints the outcome and"
          + " throws it away, with --dry-run, which is the only way: moving is for Git to say.",
      "",
      "It works in a throw-away kernel on a copy. A machine that runs is held still while its own"
          + " blocks are copied, which takes longer the more it has diverged (see 'fjord disk')."
    },
    footer = {
      "",
      "Examples:",
      "  sudo fjord rebase --dry-run linda",
      "  sudo fjord rebase --dry-run linda --to debian-13@0123456789ab",
      "",
      "See also: plan, disk, status"
    })
final class RebaseCommand implements Callable<Integer> {
  private final GlobalOptions options;
  private final Terminal terminal;
  private final Supplier<Operations> operations;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "NAME", description = "The machine.")
  private String name = "";

  @Option(names = "--dry-run", description = "Changes nothing. Has to be said.")
  private boolean dryRun;

  @Option(
      names = "--to",
      paramLabel = "VERSION",
      description =
          "A stored version of its image, as 'tiny@0123456789ab'. Default: the only other one.")
  private String to = "";

  @Mixin private Printing printing = new Printing();

  RebaseCommand(GlobalOptions options, Terminal terminal, Supplier<Operations> operations) {
    this.options = options;
    this.terminal = terminal;
    this.operations = operations;
  }

  @Override
  public Integer call() {
    if (!dryRun) {
      throw new ParameterException(
          spec.commandLine(),
          "fjord rebase only rehearses: say --dry-run. A machine is moved by its document:"
              + " 'onImageChange: rebase'.");
    }
    Operations host = operations.get();
    AgentSettings settings = host.settings(options.config());
    Rehearsed rehearsed = host.rehearse(settings, ResourceName.parse(name), to);
    terminal.print(printing.isJson() ? RebaseJson.text(rehearsed.report()) : text(rehearsed));
    return ExitCode.OK.number();
  }

  private String text(Rehearsed rehearsed) {
    return "To "
        + rehearsed.version()
        + ", "
        + name
        + " would come with:\n  "
        + String.join("\n  ", RebaseText.lines(rehearsed.report()))
        + "\nNothing was changed.\n";
  }
}
