package dev.fjord.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;

/** A command of fjord that runs until it is told to end, the agent above all. */
final class Agent implements AutoCloseable {
  private final Process process;
  private final Path log;

  Agent(World world, Path log, List<String> command, Map<String, String> environment)
      throws IOException {
    this.log = log;
    var fjord = new ArrayList<>(List.of(Ready.fjord().toString()));
    fjord.addAll(command);
    fjord.addAll(List.of("--config", world.config().toString()));
    var words = world.inside(fjord.toArray(String[]::new)).words();
    var builder = new ProcessBuilder(List.copyOf(words));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putAll(environment);
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

  /** As {@link World#await}; a failure tells what the log says. */
  void await(String what, Callable<Boolean> condition) {
    telling(() -> World.await(what, condition));
  }

  /** As {@link World#awaitTold}; a failure tells what the log says. */
  void awaitTold(String what, Callable<Boolean> condition) {
    telling(() -> World.awaitTold(what, condition));
  }

  private void telling(Runnable wait) {
    try {
      wait.run();
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(e.getMessage() + "\n" + log(), e);
    }
  }

  void awaitSaying(String text, int times) {
    await("the agent's log to say '" + text + "' " + times + " times", () -> said(text) >= times);
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
