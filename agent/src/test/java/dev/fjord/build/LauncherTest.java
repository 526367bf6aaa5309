package dev.fjord.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which JVM the launcher starts, and with which words. */
class LauncherTest {
  private static final String QUICK = "-XX:TieredStopAtLevel=1";
  private static final String LESS = "-XX:CompileThresholdScaling=5";

  @TempDir Path temporary;

  private FakeInstallation installation;

  @BeforeEach
  void install() throws IOException {
    installation = new FakeInstallation(temporary);
  }

  @Test
  void takes_the_newest_jvm() throws Exception {
    installation.installed("old", "17.0.15");
    var newest = installation.installed("newest", "25.0.3");
    installation.installed("young", "21.0.9");
    assertThat(installation.fjord("validate").jvm()).isEqualTo(newest);
  }

  @ParameterizedTest
  @CsvSource({"1.8.0_402, 1", "17.0.15, 1", "21, 0", "21.0.2, 0", "26-ea, 0", "100.1, 0"})
  void reads_the_version_as_jvms_write_it(String version, int exit) throws Exception {
    installation.installed("one", version);
    assertThat(installation.fjord("validate").exit()).isEqualTo(exit);
  }

  @Test
  void finds_java_on_the_path_through_links() throws Exception {
    var opt = installation.jvm(installation.root.resolve("opt/jdk"), "21.0.9");
    var bin = Files.createDirectories(installation.root.resolve("bin"));
    Files.createSymbolicLink(bin.resolve("java"), opt.resolve("bin/java"));
    installation.environment.merge("PATH", bin.toString(), (path, more) -> more + ":" + path);
    assertThat(installation.fjord("validate").jvm()).isEqualTo(opt);
  }

  @Test
  void prefers_java_home_to_a_newer_jvm() throws Exception {
    installation.installed("newest", "25.0.3");
    var mine = installation.jvm(installation.root.resolve("mine"), "21.0.9");
    installation.environment.put("JAVA_HOME", mine.toString());
    assertThat(installation.fjord("validate").jvm()).isEqualTo(mine);
  }

  @Test
  void passes_over_a_java_home_that_is_too_old() throws Exception {
    var newest = installation.installed("newest", "25.0.3");
    var mine = installation.jvm(installation.root.resolve("mine"), "17.0.15");
    installation.environment.put("JAVA_HOME", mine.toString());
    assertThat(installation.fjord("validate").jvm()).isEqualTo(newest);
  }

  @Test
  void prefers_its_own_variable_to_everything() throws Exception {
    var general = installation.installed("general", "25.0.3");
    var own = installation.jvm(installation.root.resolve("own"), "21.0.9");
    installation.environment.put("JAVA_HOME", general.toString());
    installation.environment.put("FJORD_JAVA_HOME", own.toString());
    assertThat(installation.fjord("validate").jvm()).isEqualTo(own);
  }

  @Test
  void refuses_to_replace_an_explicit_jvm_that_is_too_old() throws Exception {
    installation.installed("newest", "25.0.3");
    var own = installation.jvm(installation.root.resolve("own"), "17.0.15");
    installation.environment.put("FJORD_JAVA_HOME", own.toString());
    var run = installation.fjord("validate");
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.errors())
        .isEqualTo(
            """
            fjord: FJORD_JAVA_HOME=%s is no Java 21 or newer: it is Java 17
            fjord: next: let it name the folder that holds bin/java and 'release', or unset it
            """
                .formatted(own));
  }

  @Test
  void refuses_an_explicit_folder_without_a_jvm() throws Exception {
    installation.environment.put("FJORD_JAVA_HOME", "/nowhere");
    var run = installation.fjord("validate");
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.errors())
        .startsWith("fjord: FJORD_JAVA_HOME=/nowhere is no Java 21 or newer: no JVM is there\n");
  }

  @Test
  void says_what_it_found_and_what_to_install_where_no_jvm_suits() throws Exception {
    var old = installation.installed("old", "17.0.15");
    Files.createDirectories(installation.jvms.resolve("not a jvm"));
    var run = installation.fjord("validate");
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.errors())
        .isEqualTo(
            """
            fjord: needs Java 21 or newer, found: %s (Java 17)
            fjord: looked at FJORD_JAVA_HOME, JAVA_HOME, java on PATH and %s
            fjord: next: apt install openjdk-21-jre-headless (Debian 13, Ubuntu 22.04 or newer),
            fjord:       or Adoptium's temurin-21-jre (Debian 12), or set FJORD_JAVA_HOME
            """
                .formatted(old, installation.jvms));
  }

  @Test
  void says_that_it_found_no_jvm_at_all() throws Exception {
    assertThat(installation.fjord("validate").errors())
        .startsWith("fjord: needs Java 21 or newer, found: none\n");
  }

  @Test
  void hands_over_words_as_they_are_and_the_class_path_in_order() throws Exception {
    installation.installed("one", "21.0.9");
    installation.environment.put("FJORD_OPTS", "-Da=1 -Db=*");
    var lib = installation.home.resolve("lib");
    assertThat(installation.fjord("console", "two words", "", "*").words())
        .endsWith(
            "-Da=1",
            "-Db=*",
            "-cp",
            lib.resolve("a.jar") + ":" + lib.resolve("b.jar"),
            "dev.fjord.cli.Fjord",
            "console",
            "two words",
            "",
            "*");
  }

  @Test
  void starts_through_a_link() throws Exception {
    installation.installed("one", "21.0.9");
    var link = installation.root.resolve("link");
    Files.createSymbolicLink(link, installation.home.resolve("bin/fjord"));
    assertThat(installation.start(link, "status").words()).endsWith("status");
  }

  @Test
  void becomes_the_jvm_so_that_signals_reach_it() throws Exception {
    installation.installed("one", "21.0.9");
    var run = installation.fjord("status");
    assertThat(installation.log()).containsExactly(Long.toString(run.pid()));
  }

  @Test
  void gives_the_agent_alone_a_heap_with_a_limit() throws Exception {
    installation.installed("one", "21.0.9");
    assertThat(installation.fjord("agent").words()).anyMatch(word -> word.startsWith("-Xmx"));
    assertThat(installation.fjord("status").words()).noneMatch(word -> word.startsWith("-Xmx"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"agent", "apply", "digest"})
  void lets_the_jvm_use_the_processors_sha_where_something_is_imported(String command)
      throws Exception {
    installation.installed("one", "21.0.9");
    assertThat(installation.fjord(command).words()).doesNotContain(QUICK);
    assertThat(installation.fjord("--debug", "--config", "plan", command).words())
        .doesNotContain(QUICK);
  }

  @ParameterizedTest
  @ValueSource(strings = {"validate", "plan", "status", "verify", "--version", "--config"})
  void spares_commands_that_end_soon_the_slow_compiler(String command) throws Exception {
    installation.installed("one", "21.0.9");
    assertThat(installation.fjord(command).words()).contains(QUICK);
    assertThat(installation.fjord("--config", "agent", command).words()).contains(QUICK);
  }

  @ParameterizedTest
  @ValueSource(strings = {"apply", "plan", "status"})
  void compiles_less_where_it_looks_at_the_host(String command) throws Exception {
    installation.installed("one", "21.0.9");
    assertThat(installation.fjord(command).words()).contains(LESS);
    assertThat(installation.fjord("validate").words()).doesNotContain(LESS);
    assertThat(installation.fjord("agent").words()).doesNotContain(LESS);
  }

  @Test
  void takes_an_argument_for_no_command() throws Exception {
    installation.installed("one", "21.0.9");
    assertThat(installation.fjord("validate", "agent").words())
        .contains(QUICK)
        .noneMatch(word -> word.startsWith("-Xmx"));
  }

  @Test
  void starts_without_a_word() throws Exception {
    installation.installed("one", "21.0.9");
    assertThat(installation.fjord().words()).contains(QUICK).endsWith("dev.fjord.cli.Fjord");
  }
}
