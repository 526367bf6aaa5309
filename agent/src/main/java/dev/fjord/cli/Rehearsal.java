package dev.fjord.cli;

import dev.fjord.app.ExitCode;
import dev.fjord.app.Wiring;
import dev.fjord.model.Digest;
import dev.fjord.problem.ProblemException;
import dev.fjord.process.Command;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What the JVM watches while the launcher makes a class cache: the commands that people wait for,
 * and a run of the agent.
 *
 * <p>Changes nothing but its own folder. The commands look at this host, but none of their
 * repositories can be fetched, and a run that knows of no revision leaves everything as it is. In a
 * network namespace of its own, and as root, it goes further: machines are created there and
 * started, with a kernel that ends at once.
 */
public final class Rehearsal {
  private static final Duration LONGEST_RUN = Duration.ofSeconds(40);

  private final Path folder;

  private Rehearsal(Path folder) {
    this.folder = folder;
  }

  /** Arguments: a repository without a fault, and an empty folder. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    int exit = new Rehearsal(Path.of(arguments[1])).of(Path.of(arguments[0]));
    // The agent ends as it does on a host, and with its end the JVM has seen everything.
    System.exit(exit);
  }

  private int of(Path site) throws IOException, InterruptedException {
    int valid = fjord("validate", site.toString());
    if (valid != ExitCode.OK.number()) {
      return valid;
    }
    String host = settings("h", folder.resolve("nothing.git"));
    fjord("plan", "--config", host, "--repository", site.toString());
    fjord("plan", "--config", host);
    // An empty repository is answered by another part of Git than none at all.
    Path repository = folder.resolve("h/repository.git");
    try {
      repository = isAlone() ? pushed(site) : repository;
    } catch (ProblemException lacksSomething) {
      System.err.println(lacksSomething.getMessage());
    }
    String agent = settings("a", repository);
    runOfTheAgent(agent);
    fjord("plan", "--config", agent);
    fjord("addresses", "--config", agent);
    fjord("status", "--config", agent);
    fjord("status", "--config", agent, "--format", "json");
    return ExitCode.OK.number();
  }

  /** Whether this network has no way to another machine. */
  private static boolean isAlone() {
    return Command.of("ip", "-o", "link", "show", "up").output().isBlank();
  }

  /** A repository of the same site, with a kernel and an image that are there. */
  private Path pushed(Path site) throws IOException {
    Path clone = folder.resolve("site");
    Path kernel = folder.resolve("kernel");
    Path source = folder.resolve("rehearsal.c");
    try (InputStream text = Rehearsal.class.getResourceAsStream("rehearsal.c")) {
      Files.copy(Objects.requireNonNull(text, "rehearsal.c is in the jar"), source);
    }
    Path image = Files.write(folder.resolve("image"), new byte[1 << 20]);
    Command.of("cc", "-o", kernel.toString(), source.toString()).output();
    Command.of("cp", "-r", site.toString(), clone.toString()).output();
    pin(clone.resolve("kernels/uml.yaml"), "Kernel", "uml", kernel);
    pin(clone.resolve("images/tiny.yaml"), "Image", "tiny", image);
    git(clone, "init", "-q", "-b", "main");
    git(clone, "add", "-A");
    git(clone, "-c", "user.name=fjord", "-c", "user.email=fjord@localhost", "commit", "-qm", "All");
    return clone;
  }

  private static void pin(Path document, String kind, String name, Path file) throws IOException {
    MessageDigest hashed = Digest.hasher();
    hashed.update(Files.readAllBytes(file));
    String size = kind.equals("Image") ? "\n  size: 1MiB" : "";
    Files.writeString(
        document,
        """
        apiVersion: fjord.dev/v1
        kind: %s
        metadata: {name: %s}
        spec:
          source: %s
          sha256: %s%s
        """
            .formatted(kind, name, quoted("file:" + file), Digest.of(hashed), size));
  }

  private static void git(Path clone, String... words) {
    Command.of(Stream.concat(Stream.of("git", "-C", clone.toString()), Stream.of(words)).toList())
        .output();
  }

  private void runOfTheAgent(String settings) throws InterruptedException {
    Thread agent = Thread.ofPlatform().daemon().start(() -> fjord("agent", "--config", settings));
    Path result = folder.resolve("a/status.json");
    long deadline = System.nanoTime() + LONGEST_RUN.toNanos();
    while (agent.isAlive() && !Files.exists(result) && System.nanoTime() < deadline) {
      Thread.sleep(20);
    }
  }

  /** Under short names: a folder for temporary files may be deep, and a socket's path is short. */
  private String settings(String name, Path repository) throws IOException {
    Path file = folder.resolve(name + ".yaml");
    Path state = Files.createDirectories(folder.resolve(name));
    Files.write(
        file,
        List.of(
            "repository: " + quoted(repository.toString()),
            "host: slart",
            "stateDirectory: " + quoted(state.toString()),
            "runDirectory: " + quoted(state.resolve("r").toString())));
    return file.toString();
  }

  private static String quoted(String path) {
    return '"' + path.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static int fjord(String... words) {
    return Fjord.commandLine(Terminal.ofProcess(System.getenv()), Wiring::new).execute(words);
  }
}
