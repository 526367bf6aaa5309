package dev.fjord.cli;

import dev.fjord.app.Format;
import dev.fjord.app.Operations;
import dev.fjord.app.PlanForm;
import dev.fjord.model.AgentSettings;
import dev.fjord.schedule.ControlSocket.Planned;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code fjord plan}. */
@Command(
    name = "plan",
    mixinStandardHelpOptions = true,
    description = {
      "Tells what an apply would do now, and why. Changes nothing.",
      "",
      "It reads like a patch: '+' comes or starts, '~' changes, '-' ends or leaves. What costs a"
          + " restart or moves disks to the trash says so. The same inputs give the same plan,"
          + " byte for byte, with the same id."
    },
    footer = {
      "",
      "Examples:",
      "  fjord plan                       the newest commit",
      "  fjord plan --repository .        what is in this folder, committed or not",
      "  fjord plan --revision topic      a branch, before it is merged",
      "  fjord plan --format markdown     for a pull request's comment",
      "  fjord plan --short               what is refused, and what costs somebody something",
      "",
      "See also: apply, validate, status"
    })
final class PlanCommand implements Callable<Integer> {
  private final GlobalOptions options;
  private final Terminal terminal;
  private final Supplier<Operations> operations;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private Choice choice = new Choice();

  @Option(
      names = "--format",
      paramLabel = "text|json|markdown",
      converter = Formats.Any.class,
      description = "How the plan is printed. Default: text.")
  private Format format = Format.TEXT;

  @Option(
      names = "--short",
      description = {
        "Only what is refused, what costs somebody something, and how much more there is. As text"
            + " or Markdown."
      })
  private boolean brief;

  PlanCommand(GlobalOptions options, Terminal terminal, Supplier<Operations> operations) {
    this.options = options;
    this.terminal = terminal;
    this.operations = operations;
  }

  @Override
  public Integer call() {
    if (brief && format == Format.JSON) {
      throw new ParameterException(
          spec.commandLine(), "--short does not go with '--format json', which leaves nothing out");
    }
    AgentSettings settings = operations.get().settings(options.config());
    PlanForm form = new PlanForm(format, brief, terminal.outPaint(), terminal.errPaint());
    // The process that plans reports what is logged on the way.
    Planned told =
        choice.selection().isOwn() && !options.debug()
            ? operations.get().planOfAgent(settings, form)
            : null;
    if (told == null) {
      told = form.of(operations.get().preview(settings, choice.selection()));
    }
    terminal.print(told.out());
    terminal.tellAll(told.err());
    return told.exit();
  }
}
