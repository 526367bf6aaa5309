package dev.fjord.e2e;

import dev.fjord.cli.CommandServer;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A world's commands that run to their end, in one JVM inside its network namespace: see {@link
 * CommandServer}. It is started by the first of them and ends with the world, or with this JVM.
 */
final class Commands implements AutoCloseable {
  /** What a command as a process is given, too: nothing of whoever runs the tests. */
  private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private final World world;
  private final Duration patience;
  private @Nullable Process process;

  Commands(World world, Duration patience) {
    this.world = world;
    this.patience = patience;
  }

  /** One at a time. */
  synchronized Run run(List<String> words) {
    var server = running();
    var answer =
        CompletableFuture.supplyAsync(() -> ask(server, words), Thread::startVirtualThread);
    try {
      var said = answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return new Run(said.exit(), said.out(), said.err());
    } catch (TimeoutException e) {
      throw failure(words + " did not end within " + patience.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      throw failure(words + " was not answered", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure(words + " was interrupted", e);
    }
  }

  private static CommandServer.Answer ask(Process server, List<String> words) {
    try {
      return CommandServer.ask(server.getOutputStream(), server.getInputStream(), words);
    } catch (EOFException e) {
      throw new AssertionError("its JVM has ended", e);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The next command gets another JVM. */
  private AssertionError failure(String what, Exception cause) {
    close();
    try {
      return new AssertionError(what + "; it said:\n" + Files.readString(log()), cause);
    } catch (IOException e) {
      return new AssertionError(what, cause);
    }
  }

  private Process running() {
    if (process == null) {
      try {
        var builder = new ProcessBuilder(world.inside(words()).words());
        builder.environment().clear();
        builder.environment().putAll(Map.of("PATH", PATH, "LC_ALL", "C.UTF-8"));
        process = builder.redirectError(log().toFile()).start();
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
    return process;
  }

  private Path log() {
    return world.folder.resolve("commands.log");
  }

  /** As the launcher has it: what is measured there holds here. */
  private static String[] words() throws IOException {
    var words = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin/java") + ""));
    words.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "-Xlog:disable",
            "-Xlog:all=error,cds=off:stderr",
            "--enable-native-access=ALL-UNNAMED"));
    Ready.classCache().ifPresent(words::add);
    words.addAll(List.of("-cp", Ready.classPath(), CommandServer.class.getName()));
    return words.toArray(String[]::new);
  }

  @Override
  public synchronized void close() {
    if (process != null) {
      process.destroyForcibly();
      process = null;
    }
  }
}
