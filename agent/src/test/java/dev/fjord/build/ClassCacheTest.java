package dev.fjord.build;

import static dev.fjord.build.FakeInstallation.permissions;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When the launcher makes a class cache, where it keeps it, and when it trusts one. */
class ClassCacheTest {
  @TempDir Path temporary;

  private FakeInstallation installation;

  @BeforeEach
  void install() throws IOException {
    installation = new FakeInstallation(temporary);
    installation.environment.remove("FJORD_CACHE");
  }

  @ParameterizedTest
  @CsvSource({"21.0.9, jsa", "25.0.3, aot"})
  void is_made_on_request_and_used_from_then_on(String version, String kind) throws Exception {
    installation.installed("one", version);
    var made = make();
    assertThat(made).isNotEmptyFile().hasParent(installation.home.resolve("cache"));
    assertThat(made.toString()).endsWith("." + kind);
    assertThat(installation.fjord("validate").cache()).isEqualTo(made.toString());
  }

  @Test
  void is_made_in_the_background_of_the_first_start() throws Exception {
    installation.installed("one", "25.0.3");
    assertThat(installation.fjord("validate").cache()).isEmpty();
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> !installation.fjord("validate").cache().isEmpty());
  }

  @Test
  void is_not_made_by_the_agent() throws Exception {
    installation.installed("one", "25.0.3");
    installation.fjord("agent");
    await()
        .during(Duration.ofMillis(300))
        .untilAsserted(() -> assertThat(installation.home.resolve("cache")).isEmptyDirectory());
  }

  @Test
  void is_neither_made_nor_used_when_switched_off() throws Exception {
    installation.installed("one", "25.0.3");
    make();
    installation.environment.put("FJORD_CACHE", "off");
    assertThat(installation.fjord("validate").cache()).isEmpty();
  }

  @Test
  void is_another_one_for_other_jars() throws Exception {
    installation.installed("one", "25.0.3");
    var first = make();
    assertThat(make()).isEqualTo(first);
    Files.writeString(installation.home.resolve("lib/a.jar"), "more than it was");
    assertThat(make()).isNotEqualTo(first);
  }

  @Test
  void is_another_one_for_jars_that_differ_in_content_alone() throws Exception {
    installation.installed("one", "25.0.3");
    var sums = installation.home.resolve("lib/SHA256SUMS");
    Files.writeString(sums, "1111  a.jar");
    var first = make();
    assertThat(make()).isEqualTo(first);
    Files.writeString(sums, "2222  a.jar");
    assertThat(make()).isNotEqualTo(first);
  }

  @Test
  void is_another_one_for_another_build_of_the_jvm() throws Exception {
    var library = installation.installed("one", "25.0.3").resolve("lib/server/libjvm.so");
    Files.createDirectories(library.getParent());
    Files.writeString(library, "one build");
    var first = make();
    Files.writeString(library, "one build, repaired");
    assertThat(make()).isNotEqualTo(first);
  }

  @Test
  void is_kept_at_home_where_everybody_can_write_the_installation() throws Exception {
    installation.installed("one", "25.0.3");
    permissions(installation.home, "rwxrwxrwx");
    var made = make();
    assertThat(made).hasParent(installation.root.resolve("home/.cache/fjord"));
    assertThat(Files.getPosixFilePermissions(made.getParent()))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    assertThat(installation.fjord("validate").cache()).isEqualTo(made.toString());
  }

  @Test
  void is_not_trusted_where_everybody_can_write() throws Exception {
    installation.installed("one", "25.0.3");
    permissions(installation.home, "rwxrwxrwx");
    permissions(make().getParent(), "rwxrwxrwx");
    assertThat(installation.fjord("validate").cache()).isEmpty();
  }

  @Test
  void is_not_made_where_no_folder_is_private() throws Exception {
    installation.installed("one", "25.0.3");
    permissions(installation.home, "rwxrwxrwx");
    installation.environment.remove("HOME");
    installation.environment.put("FJORD_CACHE", "make");
    var run = installation.fjord();
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.errors()).contains("no place for a class cache", "HOME, which is not set");
  }

  @Test
  void is_not_tried_again_after_a_failure() throws Exception {
    var jvm = installation.installed("one", "25.0.3");
    Files.writeString(jvm.resolve("bin/java"), "#!/bin/sh\necho $$ >>\"$TEST_LOG\"\nexit 3\n");
    assertThat(installation.fjord("validate").exit()).isEqualTo(3);
    await().atMost(Duration.ofMinutes(1)).until(() -> cacheFolderHas(".failed"));
    var starts = installation.log().size();
    installation.fjord("validate");
    assertThat(installation.log()).hasSize(starts + 1);
  }

  @Test
  void is_made_by_one_of_many_starts() throws Exception {
    installation.installed("one", "25.0.3");
    installation.environment.put("FJORD_CACHE", "make");
    var starts = new ArrayList<Process>();
    for (var i = 0; i < 8; i++) {
      starts.add(installation.process(installation.home.resolve("bin/fjord")));
    }
    for (var start : starts) {
      assertThat(start.waitFor()).isZero();
    }
    assertThat(installation.log()).as("one JVM to record, one to assemble").hasSize(2);
  }

  private Path make() throws IOException, InterruptedException {
    installation.environment.put("FJORD_CACHE", "make");
    var made = Path.of(installation.fjord().output().strip());
    installation.environment.remove("FJORD_CACHE");
    return made;
  }

  private boolean cacheFolderHas(String suffix) throws IOException {
    try (var files = Files.list(installation.home.resolve("cache"))) {
      return files.anyMatch(file -> file.toString().endsWith(suffix));
    }
  }
}
