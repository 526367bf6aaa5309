package dev.fjord.process;

import dev.fjord.problem.Problem;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;

/**
 * A program for a person at this terminal: it gets the caller's input and has no time limit. Its
 * output may be hostile, and only the harmless part is shown: text, colours and positions, and
 * nothing else that the terminal would answer or obey.
 */
public final class Interactive {
  private static final int BUFFER = 16 << 10;

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
    ProcessBuilder builder =
        new ProcessBuilder(words)
            .redirectInput(ProcessBuilder.Redirect.INHERIT)
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(environment);
    try {
      Process process = builder.start();
      try (InputStream shown = process.getInputStream()) {
        show(shown);
      }
      return process.waitFor();
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

  /** Without a buffer: a person who types waits for each letter. */
  private static void show(InputStream shown) throws IOException {
    FileOutputStream terminal = new FileOutputStream(FileDescriptor.out); // The caller's to close.
    EscapeFilter filter = new EscapeFilter();
    byte[] buffer = new byte[BUFFER];
    for (int count = shown.read(buffer); count >= 0; count = shown.read(buffer)) {
      terminal.write(filter.pass(buffer, count));
    }
  }
}
