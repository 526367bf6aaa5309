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
    distribution.executable(project.resolve("agent/src/main/launcher/fjord"));
    distribution.text(project.resolve("LICENSE"));
    if (distribution.hasCommandLine(Path.of(args[2]))) {
      distribution.classCache();
    } else {
      System.out.println("no class cache: there is no command line yet");
    }
  }

  private boolean hasCommandLine(Path jar) throws IOException {
    try (var in = new JarFile(jar.toFile())) {
      return in.getEntry("dev/fjord/cli/Fjord.class") != null;
    }
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

  /** Made where it is used, by the JVM that builds: it is of no use to another one. */
  private void classCache() throws IOException, InterruptedException {
    var make = new ProcessBuilder(root.resolve("bin/fjord").toString());
    make.environment().put("FJORD_CACHE", "make");
    make.environment().put("FJORD_JAVA_HOME", System.getProperty("java.home"));
    var process = make.redirectError(Redirect.INHERIT).start();
    var made = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    if (process.waitFor() != 0) {
      throw new IOException("bin/fjord could not make its class cache");
    }
    System.out.println("class cache: " + made);
    try (var caches = Files.list(Path.of(made).getParent())) {
      for (var stale : caches.filter(file -> !file.equals(Path.of(made))).toList()) {
        Files.delete(stale);
      }
    }
  }

  private void executable(Path file) throws IOException {
    copy(file, root.resolve("bin"), "rwxr-xr-x");
  }

  private void text(Path file) throws IOException {
    copy(file, root, "rw-r--r--");
  }

  private static void copy(Path file, Path folder, String permissions) throws IOException {
    Files.createDirectories(folder);
    var fresh = Files.createTempFile(folder, "file", ".tmp");
    Files.copy(file, fresh, StandardCopyOption.REPLACE_EXISTING);
    put(fresh, folder.resolve(file.getFileName()), permissions);
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
