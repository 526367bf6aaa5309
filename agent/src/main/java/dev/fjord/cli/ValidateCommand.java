package dev.fjord.cli;

import dev.fjord.app.ExitCode;
import dev.fjord.app.Operations;
import dev.fjord.load.Loader;
import dev.fjord.model.Desired;
import dev.fjord.problem.Checked;
import dev.fjord.problem.Problem;
import dev.fjord.report.ValidationJson;
import dev.fjord.report.ValidationText;
import dev.fjord.source.OpenTree;
import dev.fjord.source.Repositories;
import dev.fjord.source.remote.Access;
import java.nio.file.Files;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code fjord validate}. For a folder it needs neither root nor settings, and loads no JGit. */
@Command(
    name = "validate",
    mixinStandardHelpOptions = true,
    description = {
      "Checks a repository, and tells all that is wrong with it at once.",
      "",
      "A plain folder is read as it is, committed or not. Each problem is printed as"
          + " file:line:column, what was found, and what to do next."
    },
    footer = {
      "",
      "Examples:",
      "  fjord validate                     the folder that you are in",
      "  fjord validate slart               another folder",
      "  fjord validate --revision main     a revision of the repository here",
      "  fjord validate --repository https://example.org/slart.git",
      "",
      "See also: plan, init"
    })
final class ValidateCommand implements Callable<Integer> {
  private final GlobalOptions options;
  private final Terminal terminal;
  private final Supplier<Operations> operations;

  @Parameters(
      arity = "0..1",
      paramLabel = "DIR",
      description = "The folder that holds fjord.yaml. Default: the one that you are in.")
  private @Nullable String folder;

  @Mixin private Choice choice = new Choice();

  @Mixin private Printing printing = new Printing();

  @Spec private CommandSpec spec = CommandSpec.create();

  ValidateCommand(GlobalOptions options, Terminal terminal, Supplier<Operations> operations) {
    this.options = options;
    this.terminal = terminal;
    this.operations = operations;
  }

  @Override
  public Integer call() {
    if (folder != null && choice.repository() != null) {
      throw new ParameterException(spec.commandLine(), "give DIR or --repository, not both");
    }
    String repository = choice.repository() != null ? choice.repository() : folder;
    String where = repository == null ? "." : repository;
    try (OpenTree open = Repositories.open(where, choice.revision(), access())) {
      Checked<Desired> checked = new Loader().load(open.tree());
      Set<Problem> told = new LinkedHashSet<>(open.skipped());
      told.addAll(checked.problems());
      List<Problem> problems = List.copyOf(told);
      print(open, checked.value(), problems);
      return (problems.isEmpty() ? ExitCode.OK : ExitCode.ERROR).number();
    }
  }

  /** A server that wants a key is reached with the agent's own key, where there are settings. */
  private Access access() {
    return choice.repository() != null && Files.isReadable(options.config())
        ? Access.of(operations.get().settings(options.config()))
        : Access.NONE;
  }

  private void print(OpenTree open, @Nullable Desired desired, List<Problem> problems) {
    if (printing.isJson()) {
      terminal.print(ValidationJson.text(open.tree().revision(), desired, problems));
      return;
    }
    terminal.print(problems);
    if (problems.isEmpty() && desired != null) {
      terminal.print(ValidationText.valid(desired, open.tree()));
    } else {
      terminal.tell(ValidationText.faulty(problems));
    }
  }
}
