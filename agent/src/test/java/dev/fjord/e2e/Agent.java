package dev.fjord.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A command of fjord that runs until it is told to end, the agent above all. */
final class Agent implements AutoCloseable {
  private final Process process;
  private final Path log;

  Agent(World world, Path log, String command) throws IOException {
    this.log = log;
    var words =
        world
            .inside(Ready.fjord().toString(), command, "--config", world.config().toString())
            .words();
    var builder = new ProcessBuilder(List.copyOf(words));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** How often its log says something. */
  int said(String text) {
    return log().split(java.util.regex.Pattern.quote(text), -1).length - 1;
  }

  void awaitSaying(String text, int times) {
    World.await(
        "the agent's log to say '" + text + "' " + times + " times", () -> said(text) >= times);
  }

  /** SIGKILL. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** SIGTERM; returns its exit status. */
  int end() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      throw new AssertionError("the agent does not end at SIGTERM: " + log());
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
