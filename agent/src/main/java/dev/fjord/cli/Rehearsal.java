package dev.fjord.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What the JVM watches while the launcher makes a class cache: the commands that people wait for,
 * and a run of the agent.
 *
 * <p>Changes nothing but its own folder. The commands look at this host, but none of their
 * repositories can be fetched, and a run that knows of no revision leaves everything as it is.
 */
public final class Rehearsal {
  private static final Duration LONGEST_RUN = Duration.ofSeconds(20);

  private final Path folder;

  private Rehearsal(Path folder) {
    this.folder = folder;
  }

  /** Arguments: a repository without a fault, and an empty folder. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    int exit = new Rehearsal(Path.of(arguments[1])).of(arguments[0]);
    // The agent ends as it does on a host, and with its end the JVM has seen everything.
    System.exit(exit);
  }

  private int of(String site) throws IOException, InterruptedException {
    int valid = fjord("validate", site);
    if (valid != ExitCode.OK.number()) {
      return valid;
    }
    String host = settings("host", folder.resolve("nothing.git"));
    fjord("plan", "--config", host, "--repository", site);
    fjord("plan", "--config", host);
    // An empty repository is answered by another part of Git than none at all.
    String agent = settings("agent", folder.resolve("host/repository.git"));
    runOfTheAgent(agent);
    fjord("status", "--config", agent);
    return ExitCode.OK.number();
  }

  private void runOfTheAgent(String settings) throws InterruptedException {
    Thread agent = Thread.ofPlatform().daemon().start(() -> fjord("agent", "--config", settings));
    Path result = folder.resolve("agent/status.json");
    long deadline = System.nanoTime() + LONGEST_RUN.toNanos();
    while (agent.isAlive() && !Files.exists(result) && System.nanoTime() < deadline) {
      Thread.sleep(20);
    }
  }

  private String settings(String name, Path repository) throws IOException {
    Path file = folder.resolve(name + ".yaml");
    Path state = Files.createDirectories(folder.resolve(name));
    Files.write(
        file,
        List.of(
            "repository: " + quoted(repository),
            "host: slart",
            "stateDirectory: " + quoted(state),
            "runDirectory: " + quoted(state.resolve("run"))));
    return file.toString();
  }

  private static String quoted(Path path) {
    return '"' + path.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static int fjord(String... words) {
    return Fjord.commandLine(Terminal.ofProcess(System.getenv()), Wiring::new).execute(words);
  }
}
