import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Lays out what stands beside {@code lib} in {@code target/fjord}, and lets the result run: for the
 * shells' completion, and for its class cache. Run from its source by the tool chain's JVM.
 */
final class Distribution {
  /** As the launcher has it. */
  private static final int OLDEST = 21;

  private final Path root;

  private Distribution(Path root) {
    this.root = root;
  }

  /** Arguments: the project's folder, the folder to lay out. */
  public static void main(String[] args) throws Exception {
    var project = Path.of(args[0]);
    var distribution = new Distribution(Path.of(args[1]));
    distribution.copy(project.resolve("agent/src/main/launcher/fjord"), "bin/fjord", "rwxr-xr-x");
    distribution.copy(project.resolve("LICENSE"), "LICENSE", "rw-r--r--");
    distribution.example(project.resolve("examples/slart"));
    distribution.completion();
    distribution.classCache();
  }

  private void example(Path site) throws IOException {
    try (var files = Files.walk(site)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        copy(file, "share/examples/slart/" + site.relativize(file), "rw-r--r--");
      }
    }
  }

  /** One script for bash and zsh, where bash looks for it by itself. */
  private void completion() throws IOException, InterruptedException {
    var script = root.resolve("share/bash-completion/completions/fjord");
    Files.createDirectories(script.getParent());
    Files.writeString(script, fjord(Map.of("FJORD_CACHE", "off"), "completion", "bash"));
  }

  /** Made where it is used, by the JVM that builds: it is of no use to another one. */
  private void classCache() throws IOException, InterruptedException {
    var made = Path.of(fjord(Map.of("FJORD_CACHE", "make")).strip());
    System.out.println("class cache: " + made);
    try (var caches = Files.list(made.getParent())) {
      for (var stale : caches.filter(file -> !file.equals(made)).toList()) {
        Files.delete(stale);
      }
    }
  }

  /** What the distribution prints when it runs on the JVM that builds it. */
  private String fjord(Map<String, String> environment, String... words)
      throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of(root.resolve("bin/fjord").toString()));
    command.addAll(List.of(words));
    var builder = new ProcessBuilder(command).redirectError(Redirect.INHERIT);
    if (Runtime.version().feature() >= OLDEST) {
      builder.environment().put("FJORD_JAVA_HOME", System.getProperty("java.home"));
    } // Else Maven found an older java on PATH for this; the launcher knows where to look.
    builder.environment().putAll(environment);
    var process = builder.start();
    var printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(command + " with " + environment + " failed");
    }
    return printed;
  }

  private void copy(Path file, String name, String permissions) throws IOException {
    var target = root.resolve(name);
    Files.createDirectories(target.getParent());
    Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString(permissions));
  }
}
