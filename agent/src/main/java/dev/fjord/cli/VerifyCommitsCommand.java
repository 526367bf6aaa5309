package dev.fjord.cli;

import dev.fjord.app.ExitCode;
import dev.fjord.load.SignaturePolicies;
import dev.fjord.problem.Problem;
import dev.fjord.report.CommitsJson;
import dev.fjord.source.CommitRange;
import dev.fjord.trust.Judged;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code fjord verify-commits}. */
@Command(
    name = "verify-commits",
    mixinStandardHelpOptions = true,
    description = {
      "Checks who signed commits, and whether they may change what the commits change.",
      "",
      "The signers are those of 'fjord.yaml' in the first revision, which is trusted; what a"
          + " commit says of signers counts for those after it. It needs neither root nor the"
          + " agent's settings, and asks nobody: for a clone, a forge's CI, or a server's hook."
          + " Keys count as of now. Its exit code is 4 when a commit is refused."
    },
    footer = {
      "",
      "Examples:",
      "  fjord verify-commits origin/main..HEAD",
      "  fjord verify-commits main..refs/pull/7/head --repository /srv/slart.git",
      "  fjord verify-commits --format json main..HEAD | jq '.commits[] | select(.refused)'",
      "",
      "See also: validate, accept"
    })
final class VerifyCommitsCommand implements Callable<Integer> {
  private static final String BETWEEN = "..";

  private final Terminal terminal;

  @Parameters(
      paramLabel = "BASE..HEAD",
      description = "A trusted revision, and the one to check: branches, tags or commits.")
  private String range = "";

  @Option(
      names = "--repository",
      paramLabel = "DIR",
      description = "A clone or a bare repository. Default: this folder.")
  private Path repository = Path.of("");

  @Mixin private Printing printing = new Printing();

  @Spec private CommandSpec spec = CommandSpec.create();

  VerifyCommitsCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    int between = range.indexOf(BETWEEN);
    String base = between < 0 ? "" : range.substring(0, between);
    String head = between < 0 ? "" : range.substring(between + BETWEEN.length());
    if (base.isEmpty() || head.isEmpty() || head.startsWith(".")) {
      throw new ParameterException(spec.commandLine(), "a range is written BASE..HEAD");
    }
    CommitRange checked =
        CommitRange.check(
            repository.toAbsolutePath().normalize(),
            base,
            head,
            SignaturePolicies::read,
            Clock.systemUTC().instant());
    if (printing.isJson()) {
      terminal.print(CommitsJson.text(checked));
    } else {
      print(checked);
    }
    return (checked.result().isTrusted() ? ExitCode.OK : ExitCode.REFUSED).number();
  }

  private void print(CommitRange checked) {
    List<Judged> commits = checked.result().commits();
    for (Judged one : commits) {
      if (one.refusal() == null) {
        terminal.print(
            "%s  signed by %s, %s%n"
                .formatted(
                    Judged.brief(one.commit()),
                    Objects.requireNonNull(one.signer(), "a trusted commit has one").name(),
                    one.key()));
      }
    }
    List<Problem> all = checked.result().all();
    terminal.print(all);
    long refused = commits.stream().filter(one -> one.refusal() != null).count();
    terminal.print(
        "%,d of %,d commits are trusted%n".formatted(commits.size() - refused, commits.size()));
  }
}
