package dev.fjord.build;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The real launcher in a folder of its own, with spaces in its path, among JVMs that are a {@code
 * release} file and a script that says who it is. Nothing of the machine's own Java is seen.
 */
final class FakeInstallation {
  private static final Path LAUNCHER = Path.of("src/main/launcher/fjord");

  /** What the launcher may use, beside the shell's own words. */
  private static final List<String> TOOLS =
      List.of(
          "sh",
          "cksum",
          "find",
          "flock",
          "mkdir",
          "mktemp",
          "mv",
          "nice",
          "readlink",
          "rm",
          "stat");

  /** Prints its home and its arguments; makes the files that it is asked to record into. */
  private static final String FAKE_JAVA =
      """
      #!/bin/sh
      echo "jvm ${0%/bin/java}"
      create=
      for word in "$@"; do
        echo "word $word"
        case $word in
          -XX:AOTMode=create) create=yes ;;
          -XX:AOTConfiguration=*|-XX:ArchiveClassesAtExit=*) echo "$$" >>"${word#*=}" ;;
          -XX:AOTCache=*) [ -z "$create" ] || echo "$$" >"${word#*=}" ;;
        esac
      done
      echo "$$" >>"$TEST_LOG"
      """;

  final Map<String, String> environment = new HashMap<>();
  final Path root;
  final Path home;
  final Path jvms;

  FakeInstallation(Path temporary) throws IOException {
    root = Files.createDirectories(temporary.toRealPath().resolve("a place with spaces"));
    home = Files.createDirectories(root.resolve("fjord"));
    jvms = Files.createDirectories(root.resolve("jvms"));
    Files.createDirectories(home.resolve("lib"));
    Files.writeString(home.resolve("lib/b.jar"), "b");
    Files.writeString(home.resolve("lib/a.jar"), "a");
    Files.createDirectories(home.resolve("bin"));
    Files.copy(LAUNCHER, home.resolve("bin/fjord"));
    permissions(home.resolve("bin/fjord"), "rwxr-xr-x");
    permissions(home, "rwxr-xr-x");
    environment.put("PATH", tools().toString());
    environment.put("HOME", Files.createDirectories(root.resolve("home")).toString());
    environment.put("FJORD_JVMS", jvms.toString());
    environment.put("FJORD_CACHE", "off");
    environment.put("TEST_LOG", root.resolve("log").toString());
  }

  /** What one start printed, and the arguments that reached the JVM. */
  record Run(int exit, long pid, String output, String errors) {
    Path jvm() {
      return Path.of(lines("jvm ").getFirst());
    }

    List<String> words() {
      return lines("word ");
    }

    /** The class cache that the JVM was given, or nothing. */
    String cache() {
      return Stream.of("-XX:AOTCache=", "-XX:SharedArchiveFile=")
          .flatMap(option -> lines("word " + option).stream())
          .findFirst()
          .orElse("");
    }

    private List<String> lines(String prefix) {
      return output
          .lines()
          .filter(line -> line.startsWith(prefix))
          .map(line -> line.substring(prefix.length()))
          .toList();
    }
  }

  Run fjord(String... words) throws IOException, InterruptedException {
    return start(home.resolve("bin/fjord"), words);
  }

  Run start(Path program, String... words) throws IOException, InterruptedException {
    var process = process(program, words);
    var output = new String(process.getInputStream().readAllBytes(), UTF_8);
    var errors = new String(process.getErrorStream().readAllBytes(), UTF_8);
    return new Run(process.waitFor(), process.pid(), output, errors);
  }

  Process process(Path program, String... words) throws IOException {
    var all = new ArrayList<>(List.of(program.toString()));
    all.addAll(List.of(words));
    var builder = new ProcessBuilder(all);
    builder.environment().clear();
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** The ids of the JVMs that ran to their end. */
  List<String> log() throws IOException {
    return Files.readAllLines(root.resolve("log"));
  }

  Path installed(String name, String version) throws IOException {
    return jvm(jvms.resolve(name), version);
  }

  Path jvm(Path folder, String version) throws IOException {
    var java = Files.createDirectories(folder.resolve("bin")).resolve("java");
    Files.writeString(java, FAKE_JAVA);
    permissions(java, "rwxr-xr-x");
    Files.writeString(
        folder.resolve("release"),
        """
        IMPLEMENTOR="Somebody"
        JAVA_RUNTIME_VERSION="%s+1"
        JAVA_VERSION="%s"
        JAVA_VERSION_DATE="2026-04-21"
        """
            .formatted(version, version));
    return folder;
  }

  static void permissions(Path file, String permissions) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }

  /** Copies, since a machine may have its java in the same folder as its tools. */
  private Path tools() throws IOException {
    var bin = Files.createDirectories(root.resolve("tools"));
    for (var tool : TOOLS) {
      Files.copy(onPath(tool), bin.resolve(tool));
    }
    return bin;
  }

  private static Path onPath(String tool) {
    return Stream.of(Objects.requireNonNull(System.getenv("PATH")).split(File.pathSeparator))
        .map(folder -> Path.of(folder, tool))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(() -> new AssertionError("the launcher needs " + tool));
  }
}
