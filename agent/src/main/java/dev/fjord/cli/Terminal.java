package dev.fjord.cli;

import dev.fjord.problem.Problem;
import dev.fjord.report.Paint;
import dev.fjord.report.ProblemText;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Where a command prints: results to {@code out}, problems and progress to {@code err}.
 *
 * @param outPaint colours of {@code out}
 * @param errPaint colours of {@code err}
 * @param isWatched whether {@code err} is a terminal, where a line can be written over
 */
record Terminal(
    PrintWriter out, PrintWriter err, Paint outPaint, Paint errPaint, boolean isWatched) {

  Terminal {
    // All output of a command passes through these two.
    out = HidingWriter.before(out);
    err = HidingWriter.before(err);
  }

  /** This process's own streams; UTF-8 whatever the locale, as everything on the host is. */
  static Terminal ofProcess(Map<String, String> environment) {
    return new Terminal(
        writer(FileDescriptor.out),
        writer(FileDescriptor.err),
        new Paint(wantsColour(1, environment)),
        new Paint(wantsColour(2, environment)),
        isTerminal(2));
  }

  /** Without colours, for tests and files. */
  static Terminal plain(PrintWriter out, PrintWriter err) {
    return new Terminal(out, err, Paint.NONE, Paint.NONE, false);
  }

  private static PrintWriter writer(FileDescriptor descriptor) {
    return new PrintWriter(
        new OutputStreamWriter(new FileOutputStream(descriptor), StandardCharsets.UTF_8), true);
  }

  /** As no-color.org says: any value of NO_COLOR but the empty one. */
  private static boolean wantsColour(int descriptor, Map<String, String> environment) {
    return environment.getOrDefault("NO_COLOR", "").isEmpty()
        && !environment.getOrDefault("TERM", "dumb").equals("dumb")
        && isTerminal(descriptor);
  }

  /** Asks the descriptor, since Java answers only for both streams together. */
  private static boolean isTerminal(int descriptor) {
    try {
      Path target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor));
      return target.startsWith("/dev/pts") || target.toString().startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  void print(String text) {
    out.print(text);
    out.flush();
  }

  /** A whole line of progress. */
  void tell(String line) {
    err.println(line);
    err.flush();
  }

  /** Progress that the next one writes over, on a terminal; an empty one clears it. */
  void passing(String text) {
    if (isWatched) {
      err.print("\r" + text + "\u001b[K" + (text.isEmpty() ? "\r" : ""));
      err.flush();
    }
  }

  void print(List<Problem> problems) {
    tellAll(ProblemText.of(problems, errPaint));
  }

  /** Whole lines, or none. */
  void tellAll(String lines) {
    err.print(lines);
    err.flush();
  }
}
