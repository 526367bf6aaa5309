package dev.fjord.process;

import dev.fjord.problem.Problem;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** A program for a person at this terminal: it gets the caller's streams and has no time limit. */
public final class Interactive {
  private Interactive() {}

  /**
   * Runs it to its end.
   *
   * @param words program and arguments; no shell reads them
   * @param environment added to the caller's
   * @return its exit code
   * @throws dev.fjord.problem.ProblemException {@code command-missing} when it is not installed
   */
  public static int run(List<String> words, Map<String, String> environment) {
    ProcessBuilder builder = new ProcessBuilder(words).inheritIO();
    builder.environment().putAll(environment);
    try {
      return builder.start().waitFor();
    } catch (IOException e) {
      throw Problem.of("command-missing", "'" + words.get(0) + "' could not be started")
          .detail(e.getMessage())
          .hint("Run 'fjord doctor': it names the package that is missing.")
          .asException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Problem.of("interrupted", "'" + words.get(0) + "' was interrupted").asException(e);
    }
  }
}
