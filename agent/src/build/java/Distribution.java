import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Lays out {@code target/fjord}: launcher, jars, share. Run from its source by the tool chain's
 * JVM.
 *
 * <p>The jars lose their signatures: the JVM keeps classes of signed jars out of a class cache, and
 * JGit's are half of what a start loads. A jar that did not change is left alone, with its date, so
 * that the class cache, which is named after both, stays valid from build to build.
 */
final class Distribution {
  private static final Pattern SIGNATURE =
      Pattern.compile("META-INF/([^/]+\\.(SF|RSA|DSA|EC)|INDEX\\.LIST)");

  private final Path root;

  private Distribution(Path root) {
    this.root = root;
  }

  /** Arguments: the project's folder, the folder to lay out, our jar, the path of the libraries. */
  public static void main(String[] args) throws Exception {
    var project = Path.of(args[0]);
    var distribution = new Distribution(Path.of(args[1]));
    var jars = new TreeSet<Path>(Comparator.comparing(Path::getFileName));
    jars.add(Path.of(args[2]));
    Arrays.stream(Files.readString(Path.of(args[3])).strip().split(":"))
        .map(Path::of)
        .forEach(jars::add);
    distribution.libraries(jars);
    distribution.launcher(project.resolve("agent/src/main/launcher/fjord"));
    distribution.licence(project.resolve("LICENSE"));
    distribution.example(project.resolve("examples/slart"));
    distribution.completion();
    distribution.classCache();
  }

  private void libraries(TreeSet<Path> jars) throws Exception {
    var lib = Files.createDirectories(root.resolve("lib"));
    var names = new ArrayList<>(jars.stream().map(jar -> jar.getFileName().toString()).toList());
    names.add("SHA256SUMS");
    try (var present = Files.list(lib)) {
      for (var file : present.toList()) {
        if (!names.contains(file.getFileName().toString())) {
          Files.delete(file);
        }
      }
    }
    for (var jar : jars) {
      unsigned(jar, lib.resolve(jar.getFileName()));
    }
    sums(lib, jars);
  }

  /**
   * In the form that {@code sha256sum --check} reads. The launcher names the class cache after it.
   */
  private static void sums(Path lib, TreeSet<Path> jars) throws Exception {
    var lines = new StringBuilder();
    for (var jar : jars) {
      var bytes = Files.readAllBytes(lib.resolve(jar.getFileName()));
      var sum = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
      lines.append(sum).append("  ").append(jar.getFileName()).append('\n');
    }
    var fresh = Files.createTempFile(lib, "sums", ".tmp");
    put(Files.writeString(fresh, lines), lib.resolve("SHA256SUMS"), "rw-r--r--");
  }

  private static void unsigned(Path signed, Path target) throws IOException {
    var fresh = Files.createTempFile(target.getParent(), "jar", ".tmp");
    try (var in = new JarFile(signed.toFile(), false);
        var out = new ZipOutputStream(Files.newOutputStream(fresh))) {
      for (var entry : (Iterable<ZipEntry>) in.stream().map(ZipEntry.class::cast)::iterator) {
        if (SIGNATURE.matcher(entry.getName()).matches()) {
          continue;
        }
        var copy = new ZipEntry(entry.getName());
        copy.setTimeLocal(entry.getTimeLocal());
        out.putNextEntry(copy);
        if (entry.getName().equals(JarFile.MANIFEST_NAME)) {
          withoutDigests(in.getManifest()).write(out);
        } else {
          in.getInputStream(entry).transferTo(out);
        }
      }
    }
    put(fresh, target, "rw-r--r--");
  }

  /** A class path in a manifest would lead around the launcher's own, so it goes as well. */
  private static Manifest withoutDigests(Manifest manifest) {
    manifest.getMainAttributes().remove(Attributes.Name.CLASS_PATH);
    for (var section : manifest.getEntries().values()) {
      section.keySet().removeIf(name -> name.toString().endsWith("-Digest"));
    }
    manifest.getEntries().values().removeIf(Map::isEmpty);
    return manifest;
  }

  private void launcher(Path file) throws IOException {
    copy(file, root.resolve("bin/fjord"), "rwxr-xr-x");
  }

  private void licence(Path file) throws IOException {
    copy(file, root.resolve("LICENSE"), "rw-r--r--");
  }

  private void example(Path site) throws IOException {
    var share = root.resolve("share/examples/slart");
    try (var files = Files.walk(site)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        copy(file, share.resolve(site.relativize(file)), "rw-r--r--");
      }
    }
  }

  /** One script for bash and zsh, where bash looks for it by itself. */
  private void completion() throws IOException, InterruptedException {
    var folder = Files.createDirectories(root.resolve("share/bash-completion/completions"));
    var fresh = Files.createTempFile(folder, "fjord", ".tmp");
    Files.writeString(fresh, fjord(Map.of("FJORD_CACHE", "off"), "completion", "bash"));
    put(fresh, folder.resolve("fjord"), "rw-r--r--");
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
    builder.environment().put("FJORD_JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putAll(environment);
    var process = builder.start();
    var printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(command + " with " + environment + " failed");
    }
    return printed;
  }

  private static void copy(Path file, Path target, String permissions) throws IOException {
    Files.createDirectories(target.getParent());
    var fresh = Files.createTempFile(target.getParent(), "file", ".tmp");
    Files.copy(file, fresh, StandardCopyOption.REPLACE_EXISTING);
    put(fresh, target, permissions);
  }

  private static void put(Path fresh, Path target, String permissions) throws IOException {
    Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString(permissions));
    if (Files.exists(target) && Files.mismatch(fresh, target) == -1) {
      Files.delete(fresh);
    } else {
      Files.move(fresh, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
