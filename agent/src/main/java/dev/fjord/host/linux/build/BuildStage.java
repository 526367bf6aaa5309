package dev.fjord.host.linux.build;

import dev.fjord.host.linux.uml.ThrowAway;
import dev.fjord.model.ByteSize;
import dev.fjord.problem.Printable;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import dev.fjord.process.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One program of a build, run to its end.
 *
 * @param tried a participle phrase with its object, such as {@code building image debian}
 * @param limit the time after which it is killed
 * @param hint what to do when it fails
 */
record BuildStage(String tried, Duration limit, String hint) {
  /** What a person reads of a failure: the lines before its end say why. */
  private static final int LAST_LINES = 15;

  /** What is in other places is not shown to a build. */
  private static final List<String> FOLDERS = List.of("/usr/sbin", "/usr/bin", "/sbin", "/bin");

  /**
   * The memory of package tools and what they unpack; the kernel gives back the page cache before
   * this bound is hit.
   */
  private static final ByteSize MEMORY = ByteSize.gib(2);

  private static final String FULL = "No space left on device";

  /** The standard output of a program that ended with 0. */
  String run(BuildConfinement confinement, List<String> program) {
    requireInstalled(List.of(program.get(0), "newuidmap"));
    Command.Output output = output(confinement, program);
    if (output.exit() == 0) {
      return output.text();
    }
    String said = output.error() + "\n" + output.text();
    String name = program.get(0);
    Problem problem =
        said.contains(FULL)
            ? Problem.of("disk-full", tried + " failed: the file system is full")
                .hint(
                    "Free some space or enlarge it; nothing was stored, the next run tries again.")
            : Problem.of("build-failed", tried + " failed: " + name + " ended with an error")
                .hint(hint);
    throw problem.detail(lastLines(output.text() + "\n" + output.error())).asException();
  }

  private void requireInstalled(List<String> programs) {
    for (String program : programs) {
      if (FOLDERS.stream().noneMatch(f -> Files.isExecutable(Path.of(f, program)))) {
        throw Problem.of(
                "program-missing", tried + " needs " + program + ", which is not installed")
            .hint("Run 'fjord doctor': it names the package that is missing.")
            .asException();
      }
    }
  }

  private Command.Output output(BuildConfinement confinement, List<String> program) {
    try {
      return new ThrowAway(confinement.layout())
          .run("build", MEMORY, confinement.words(program), limit);
    } catch (ProblemException e) {
      boolean slow = e.problem().code().equals("command-timeout");
      throw Problem.of(
              slow ? "build-timeout" : e.problem().code(),
              slow
                  ? "%s took longer than %d minutes".formatted(tried, limit.toMinutes())
                  : tried + " failed: " + e.problem().summary())
          .detail(e.problem().detail() == null ? "" : e.problem().detail())
          .hint(slow ? "It was ended. " + hint : "Run 'fjord doctor': it names what is missing.")
          .asException(e);
    }
  }

  /** The last lines that hold anything, harmless on a terminal. */
  static String lastLines(String said) {
    List<String> lines = said.lines().map(String::strip).filter(l -> !l.isEmpty()).toList();
    return lines.stream()
        .skip(Math.max(0, lines.size() - LAST_LINES))
        .map(Printable::clause)
        .collect(Collectors.joining("\n"));
  }
}
