package dev.fjord.process;

import dev.fjord.problem.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * A program to run with a list of arguments. No shell ever reads them. The environment is empty
 * except for PATH, LC_ALL and what {@link #environment} adds, so that the caller's own changes
 * nothing.
 *
 * @param words program and arguments; the program is looked up on PATH unless it holds a slash
 * @param environment added variables
 * @param input given on standard input
 * @param timeout after which the program is killed. Time in which it wants a processor and gets
 *     none does not count, and as long as it makes progress it may take ten times as long, up to 5
 *     minutes, since hosts differ that much in speed
 */
public record Command(
    List<String> words, Map<String, String> environment, String input, Duration timeout) {
  /** What is kept of each stream; the rest is read and thrown away. */
  public static final int OUTPUT_LIMIT = 32 << 20;

  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);
  private static final int SLOWER = 10;
  private static final Duration LONGER = Duration.ofMinutes(5);
  static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  public Command {
    words = List.copyOf(words);
    environment = Map.copyOf(environment);
  }

  public static Command of(String... words) {
    return new Command(List.of(words), Map.of(), "", DEFAULT_TIMEOUT);
  }

  public static Command of(List<String> words) {
    return new Command(words, Map.of(), "", DEFAULT_TIMEOUT);
  }

  public Command with(String variable, String value) {
    Map<String, String> more = new HashMap<>(environment);
    more.put(variable, value);
    return new Command(words, more, input, timeout);
  }

  public Command input(String newInput) {
    return new Command(words, environment, newInput, timeout);
  }

  /**
   * Puts words before the program's that hold it back: it begins once a line arrives on its
   * standard input, and never when that is closed without a line, as happens when this process
   * ends. Not for programs that read. See {@link #output(LongConsumer)}.
   */
  public Command heldBack() {
    String line = UUID.randomUUID().toString();
    // xargs(1) runs the words for each line and replaces a word that none of them is.
    List<String> all = new ArrayList<>(List.of("xargs", "--no-run-if-empty", "-I", line));
    all.addAll(words);
    return new Command(all, environment, line + "\n", timeout);
  }

  public Command timeout(Duration newTimeout) {
    return new Command(words, environment, input, newTimeout);
  }

  /** The standard output of a run that must end with 0. */
  public String output() {
    return output(pid -> {});
  }

  /**
   * As {@link #output()}.
   *
   * @param prepare called with the process's id before it gets its input; when it throws, the
   *     process is killed without any
   */
  public String output(LongConsumer prepare) {
    Output output = run(prepare);
    if (output.exit() != 0) {
      String said = output.error().isBlank() ? output.text() : output.error();
      throw Problem.of("command-failed", "'" + shown() + "' ended with " + output.exit())
          .detail(said.strip())
          .asException();
    }
    return output.text();
  }

  /**
   * Runs the program to its end.
   *
   * @throws dev.fjord.problem.ProblemException when it is not installed or did not end in time
   */
  public Output run() {
    return run(pid -> {});
  }

  /**
   * As {@link #run()}.
   *
   * @param prepare as for {@link #output(LongConsumer)}
   */
  public Output run(LongConsumer prepare) {
    Process process = start();
    try (InputStream out = process.getInputStream();
        InputStream err = process.getErrorStream()) {
      CompletableFuture<String> error =
          CompletableFuture.supplyAsync(() -> read(err), Thread::startVirtualThread);
      CompletableFuture<String> text =
          CompletableFuture.supplyAsync(() -> read(out), Thread::startVirtualThread);
      prepare.accept(process.pid());
      // In parallel with the wait for its end, so that a program that does not read its input is
      // ended in time as well.
      Thread.startVirtualThread(() -> feed(process.getOutputStream()));
      if (!endsInTime(process)) {
        throw Problem.of(
                "command-timeout",
                "'" + shown() + "' did not end within " + timeout.toSeconds() + " s")
            .hint("The program was killed. Is the machine very busy, or a disk not answering?")
            .asException();
      }
      return new Output(process.exitValue(), text.join(), error.join());
    } catch (IOException e) {
      throw Problem.of("command-failed", "'" + shown() + "' could not be run")
          .detail(e.getMessage())
          .asException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Problem.of("interrupted", "'" + shown() + "' was interrupted").asException(e);
    } finally {
      process.destroyForcibly();
    }
  }

  private boolean endsInTime(Process process) throws InterruptedException {
    Duration longer = timeout.multipliedBy(SLOWER);
    Patience patience =
        Patience.of(timeout).whileMoving(longer.compareTo(LONGER) < 0 ? longer : LONGER);
    Patience.Verdict verdict = Patience.Verdict.WAIT;
    while (verdict == Patience.Verdict.WAIT) {
      verdict = patience.look(System.nanoTime(), () -> Effort.of(process.pid()), () -> 0);
      if (process.waitFor(patience.interval().toMillis(), TimeUnit.MILLISECONDS)) {
        return true;
      }
    }
    return false;
  }

  private Process start() {
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().clear();
    builder.environment().put("PATH", PATH);
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().putAll(environment);
    try {
      return builder.start();
    } catch (IOException e) {
      throw Problem.of("command-missing", "'" + words.get(0) + "' could not be started")
          .detail(e.getMessage())
          .hint("Run 'fjord doctor': it names the package that is missing.")
          .asException(e);
    }
  }

  private void feed(OutputStream stream) {
    try (OutputStream in = stream) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException endedWithoutReading) {
      // The program's exit status says more than its closed input.
    }
  }

  private static String read(InputStream stream) {
    try {
      byte[] kept = stream.readNBytes(OUTPUT_LIMIT);
      stream.transferTo(OutputStream.nullOutputStream());
      return new String(kept, StandardCharsets.UTF_8);
    } catch (IOException closedByKill) {
      return "";
    }
  }

  private String shown() {
    List<String> brief = new ArrayList<>(words.subList(0, Math.min(words.size(), 6)));
    if (words.size() > 6) {
      brief.add("…");
    }
    return String.join(" ", brief);
  }

  /**
   * What a program left behind.
   *
   * @param exit 128 + n when signal n ended it
   * @param text standard output, at most {@link #OUTPUT_LIMIT} bytes of it
   * @param error standard error, as {@code text}
   */
  public record Output(int exit, String text, String error) {}
}
