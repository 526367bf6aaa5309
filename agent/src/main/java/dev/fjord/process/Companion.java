package dev.fjord.process;

import dev.fjord.problem.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A program that runs beside this one, and writes when it has something to report. It is killed
 * when this process ends, in whatever way that ends (PR_SET_PDEATHSIG, prctl(2)), so that it is not
 * left behind. It reads nothing, and its errors are thrown away. Not safe for use by many threads.
 */
public final class Companion implements AutoCloseable {
  /** More than a pipe holds; what is written faster than it is read is left for the next call. */
  private static final int MOST_AT_ONCE = 256 << 10;

  /**
   * The parent is the thread that starts the program: when that thread ends, the kernel kills the
   * program.
   */
  private static final ExecutorService PARENT =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("companions").factory());

  private final Process process;

  private Companion(Process process) {
    this.process = process;
  }

  /**
   * Starts it, and waits for nothing.
   *
   * @param words program and arguments; no shell reads them
   * @throws dev.fjord.problem.ProblemException when setpriv(1) cannot be run
   */
  public static Companion start(List<String> words) {
    List<String> all = new ArrayList<>(List.of("setpriv", "--pdeathsig", "KILL", "--"));
    all.addAll(words);
    ProcessBuilder builder = new ProcessBuilder(all);
    builder.environment().clear();
    builder.environment().put("PATH", Command.PATH);
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.redirectInput(Path.of("/dev/null").toFile());
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    try {
      return new Companion(PARENT.submit(builder::start).get());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Problem.of("interrupted", "starting " + words.get(0) + " was interrupted")
          .asException(e);
    } catch (ExecutionException e) {
      throw Problem.of("command-missing", "'setpriv " + words.get(0) + "' could not be started")
          .detail(String.valueOf(e.getCause()))
          .hint("Run 'fjord doctor': it names the package that is missing.")
          .asException(e);
    }
  }

  public long pid() {
    return process.pid();
  }

  public boolean runs() {
    return process.isAlive();
  }

  /** What it has written since the last call, in whole lines or not; never waits for more. */
  public String told() {
    StringBuilder told = new StringBuilder();
    byte[] bytes = new byte[4 << 10];
    try {
      InputStream out = process.getInputStream();
      while (told.length() < MOST_AT_ONCE && out.available() > 0) {
        int read = out.read(bytes, 0, Math.min(bytes.length, out.available()));
        if (read < 0) {
          break;
        }
        told.append(new String(bytes, 0, read, StandardCharsets.ISO_8859_1));
      }
    } catch (IOException ended) {
      // The caller asks separately whether it runs.
    }
    return told.toString();
  }

  /** Ends it. */
  @Override
  public void close() {
    process.destroyForcibly();
  }
}
