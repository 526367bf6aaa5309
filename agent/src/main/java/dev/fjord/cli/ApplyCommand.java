package dev.fjord.cli;

import dev.fjord.app.ExitCode;
import dev.fjord.app.Format;
import dev.fjord.app.Operations;
import dev.fjord.model.AgentSettings;
import dev.fjord.reconcile.RunResult;
import dev.fjord.report.ApplyText;
import dev.fjord.report.ResultJson;
import dev.fjord.report.ResultText;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fjord apply}. */
@Command(
    name = "apply",
    mixinStandardHelpOptions = true,
    description = {
      "Does one run: fetches, plans, applies, and looks again.",
      "",
      "For a host without an agent, and for the first time. While an agent runs it holds the lock;"
          + " 'fjord poke' makes it look at once. What fails holds back only what depends on it."
          + " Stopped in the middle, the next run goes on from there."
    },
    footer = {
      "",
      "Examples:",
      "  fjord apply                      the newest commit",
      "  fjord apply --repository .       what is in this folder",
      "  fjord apply --format json        for a program",
      "",
      "See also: plan, agent, status"
    })
final class ApplyCommand implements Callable<Integer> {
  private final GlobalOptions options;
  private final Terminal terminal;
  private final Supplier<Operations> operations;

  @Mixin private Choice choice = new Choice();

  @Option(
      names = "--format",
      paramLabel = "text|json",
      converter = Formats.TextOrJson.class,
      description =
          "How the result is printed; progress goes to the standard error. Default: text.")
  private Format format = Format.TEXT;

  ApplyCommand(GlobalOptions options, Terminal terminal, Supplier<Operations> operations) {
    this.options = options;
    this.terminal = terminal;
    this.operations = operations;
  }

  @Override
  public Integer call() {
    AgentSettings settings = operations.get().settings(options.config());
    ApplyText progress = new ApplyText(terminal::tell, System::nanoTime);
    RunResult result = operations.get().apply(settings, choice.selection(), progress);
    terminal.print(
        format == Format.JSON
            ? ResultJson.text(result)
            : ResultText.of(result, terminal.outPaint()));
    return ExitCode.ofApply(result).number();
  }
}
