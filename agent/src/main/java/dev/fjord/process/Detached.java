package dev.fjord.process;

import dev.fjord.problem.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A program that outlives the process that started it: it runs in a session of its own, and its
 * parent is process 1 from the beginning. It reads nothing.
 */
public final class Detached {
  private static final long FORK_SECONDS = 10;

  private Detached() {}

  /**
   * Starts it and waits for nothing.
   *
   * @param words program and arguments; no shell reads them. The program must itself bound what it
   *     writes
   * @param output a file for both of its streams, made anew
   * @throws dev.fjord.problem.ProblemException when setsid(1) cannot be run
   */
  public static void start(List<String> words, Path output) {
    List<String> all = new ArrayList<>(List.of("setsid", "--fork"));
    all.addAll(words);
    ProcessBuilder builder = new ProcessBuilder(all);
    builder.environment().clear();
    builder.environment().put("PATH", Command.PATH);
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.redirectErrorStream(true).redirectOutput(output.toFile());
    builder.redirectInput(Path.of("/dev/null").toFile());
    try {
      Process process = builder.start();
      if (!process.waitFor(FORK_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw Problem.of("command-timeout", "'setsid --fork' did not end").asException();
      }
    } catch (IOException e) {
      throw Problem.of("command-missing", "'setsid " + words.get(0) + "' could not be started")
          .detail(e.getMessage())
          .hint("Run 'fjord doctor': it names the package that is missing.")
          .asException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Problem.of("interrupted", "starting " + words.get(0) + " was interrupted")
          .asException(e);
    }
  }
}
