package dev.fjord.cli;

import dev.fjord.app.ExitCode;
import dev.fjord.app.Operations;
import dev.fjord.plan.VerifiedVersion;
import dev.fjord.problem.Problem;
import dev.fjord.report.VerifyJson;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code fjord verify}. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = {
      "Reads stored images and kernels to their ends, and compares their digests.",
      "",
      "The agent does the same by itself ('verify' in its settings), when nobody else wants the"
          + " disk. It replaces nothing: a changed one is an alarm, blocks the next start of"
          + " whoever stands on it, and is stored again by 'fjord repair'. Its exit code is 1 when"
          + " one has changed or could not be read."
    },
    footer = {
      "",
      "Examples:",
      "  sudo fjord verify",
      "  sudo fjord verify image/tiny",
      "  sudo fjord verify --format json | jq '.versions[] | select(.right | not)'",
      "",
      "See also: repair, status, doctor"
    })
final class VerifyCommand implements Callable<Integer> {
  private final GlobalOptions options;
  private final Terminal terminal;
  private final Supplier<Operations> operations;

  @Parameters(
      arity = "0..1",
      paramLabel = "VERSION",
      description = "As 'image/tiny', 'kernel/uml' or 'image/tiny@0123456789ab'. Default: all.")
  private String version = "";

  @Mixin private Printing printing = new Printing();

  VerifyCommand(GlobalOptions options, Terminal terminal, Supplier<Operations> operations) {
    this.options = options;
    this.terminal = terminal;
    this.operations = operations;
  }

  @Override
  public Integer call() {
    Operations host = operations.get();
    List<VerifiedVersion> read =
        host.verify(host.settings(options.config()), version, terminal::passing);
    terminal.passing("");
    List<Problem> problems =
        read.stream().map(VerifiedVersion::problem).filter(Objects::nonNull).toList();
    if (printing.isJson()) {
      terminal.print(VerifyJson.text(read));
    } else {
      read.stream()
          .filter(one -> one.problem() == null)
          .forEach(one -> terminal.print(one.version().words() + ": as it was stored\n"));
      terminal.print(problems);
    }
    return (problems.isEmpty() ? ExitCode.OK : ExitCode.ERROR).number();
  }
}
