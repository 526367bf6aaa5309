package dev.fjord.build;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The distribution as it is shipped, run as somebody would who unpacked it. */
class DistributionIT {
  private static final Path HOME = Path.of("target/fjord").toAbsolutePath();
  private static final String EXAMPLE = HOME.resolve("share/examples/slart").toString();

  @TempDir Path temporary;

  @Test
  void runs_without_a_complaint() throws Exception {
    var version = fjord("", "--version");
    assertThat(version.errors()).isEmpty();
    assertThat(version.output()).matches("fjord [0-9]+\\.[0-9]+\\.[0-9]+(-SNAPSHOT)?\n");
    assertThat(version.exit()).isZero();
  }

  @Test
  void finds_nothing_wrong_with_the_example_that_it_ships() throws Exception {
    var valid = fjord("", "validate", EXAMPLE);
    assertThat(valid.errors()).isEmpty();
    assertThat(valid.exit()).isZero();
  }

  @Test
  void takes_nearly_every_class_of_a_command_from_its_class_cache() throws Exception {
    assertThat(cachedShare("validate", EXAMPLE)).isGreaterThan(0.95);
    assertThat(cachedShare("help", "agent")).isGreaterThan(0.95);
  }

  /** Without it a first plan, and an agent's first push, would load hundreds of classes slowly. */
  @Test
  void its_class_cache_is_made_of_a_run_with_machines() throws Exception {
    var classes = HOME.resolve("lib") + "/*";
    var java = Path.of(System.getProperty("java.home"), "bin/java").toString();
    var rehearsal = "dev.fjord.cli.Rehearsal";
    var alone = List.of("unshare", "--net", java, "-cp", classes, rehearsal, EXAMPLE);
    try {
      var run = run(Stream.concat(alone.stream(), Stream.of(temporary.toString())).toList(), "");
      assertThat(run.exit()).as(run.errors()).isZero();
      assertThat(temporary.resolve("a/status.json")).as(run.output() + run.errors()).exists();
      assertThat(Files.readString(temporary.resolve("a/status.json")))
          .containsPattern("\"usable\" ?: ?true");
      // The status may be of a later run, which tries fewer of them.
      assertThat(Files.readString(temporary.resolve("a/journal/changes.jsonl")))
          .contains("the kernel of instance linda ended before its guest answered");
      assertThat(ProcessHandle.allProcesses())
          .noneMatch(process -> process.info().commandLine().orElse("").contains(temporary + "/"));
    } finally {
      run(List.of("chattr", "-R", "-f", "-i", temporary.toString()), "");
    }
  }

  @Test
  void has_no_signed_jar() throws Exception {
    try (var jars = Files.list(HOME.resolve("lib"))) {
      for (var jar : jars.filter(file -> file.toString().endsWith(".jar")).toList()) {
        try (var in = new JarFile(jar.toFile())) {
          assertThat(in.stream().map(ZipEntry::getName))
              .as(jar.toString())
              .noneMatch(name -> name.matches("META-INF/[^/]+\\.(SF|RSA|DSA|EC)"));
        }
      }
    }
  }

  @Test
  void completes_commands_in_bash() throws Exception {
    var script = HOME.resolve("share/bash-completion/completions/fjord");
    var completed =
        run(
            List.of(
                "bash",
                "-c",
                "source \"$0\" && COMP_WORDS=(fjord val) COMP_CWORD=1 && _complete_fjord"
                    + " && echo \"${COMPREPLY[@]}\"",
                script.toString()),
            "");
    assertThat(completed.output()).isEqualTo("validate\n");
  }

  /** How many of the classes that a command loads come from the cache. */
  private double cachedShare(String... words) throws Exception {
    var log = temporary.resolve("classes");
    assertThat(fjord("-Xlog:class+load:file=" + log, words).exit()).isZero();
    var loaded = Files.readAllLines(log);
    assertThat(loaded).hasSizeGreaterThan(1000);
    var cached = loaded.stream().filter(line -> line.contains("shared objects file")).count();
    return (double) cached / loaded.size();
  }

  private record Run(int exit, String output, String errors) {}

  private Run fjord(String options, String... words) throws IOException, InterruptedException {
    var command = Stream.concat(Stream.of(HOME + "/bin/fjord"), Stream.of(words)).toList();
    return run(command, options);
  }

  private Run run(List<String> command, String options) throws IOException, InterruptedException {
    var errors = temporary.resolve("errors");
    var builder = new ProcessBuilder(new ArrayList<>(command)).redirectError(errors.toFile());
    builder.environment().put("FJORD_JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("FJORD_OPTS", options);
    var process = builder.start();
    var output = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Run(process.waitFor(), output, Files.readString(errors));
  }
}
