package dev.fjord.host.linux.names;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fjord.model.Layout;
import dev.fjord.model.ObservedHosts;
import dev.fjord.plan.Step;
import dev.fjord.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real hosts file, none of this machine's. */
class HostsFileTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final List<String> LINES = List.of("192.0.2.5 linda.lan.internal linda");

  @TempDir Path folder;
  private Path path;
  private HostsFile file;

  @BeforeEach
  void begin() {
    path = folder.resolve("hosts");
    var layout = new Layout(folder.resolve("s"), folder.resolve("r"));
    file = new HostsFile(path, layout, Clock.fixed(NOW, ZoneOffset.UTC));
  }

  @Test
  void one_that_is_missing_is_made_for_everybody_to_read() throws IOException {
    assertThat(file.observe().block()).isNull();
    write(false);

    assertThat(file.observe().block()).isEqualTo(LINES);
    assertThat(Command.of("stat", "-c", "%a", path.toString()).output()).isEqualTo("644\n");
  }

  @Test
  void what_a_newer_version_knows_of_it_keeps_it_as_it_is() throws IOException {
    write(false);
    var written = folder.resolve("r/hosts.json");
    Files.writeString(written, "{\"version\": 2}");
    var before = Files.readString(path);
    assertThat(Objects.requireNonNull(file.observe().fault()).summary())
        .isEqualTo(written + " was written by a newer version of fjord than this one");
    assertThatThrownBy(() -> write(true)).hasMessageContaining("newer version");
    assertThat(path).hasContent(before);
    assertThat(written).hasContent("{\"version\": 2}");
  }

  @Test
  void its_mode_stays_and_repairs_are_counted() throws IOException {
    Files.writeString(path, "127.0.0.1 localhost\n");
    Command.of("chmod", "0604", path.toString()).output();
    write(false);
    Files.writeString(path, "192.0.2.66 other\n");

    ObservedHosts seen = file.observe();
    assertThat(seen.written()).isEqualTo(LINES);
    assertThat(seen.taken()).contains("other").doesNotContain("linda");
    write(true);
    assertThat(file.observe().repairs()).containsExactly(NOW);
    assertThat(Files.readString(path)).startsWith("192.0.2.66 other\n# BEGIN");
    assertThat(Command.of("stat", "-c", "%a", path.toString()).output()).isEqualTo("604\n");
    try (var files = Files.list(folder)) {
      assertThat(files.map(one -> one.getFileName().toString())).containsOnly("hosts", "r");
    }
  }

  @Test
  void one_that_is_a_mount_is_written_in_place() throws IOException {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root can mount");
    Files.writeString(path, "127.0.0.1 localhost\n");
    var mount = Command.of("mount", "--bind", path.toString(), path.toString()).run();
    assumeTrue(mount.exit() == 0, "this machine lets nobody mount");
    try {
      write(false);
      assertThat(Files.readString(path)).startsWith("127.0.0.1 localhost\n# BEGIN");
      file.write(new Step.WriteHosts(path, List.of(), false));
      assertThat(Files.readString(path)).isEqualTo("127.0.0.1 localhost\n");
    } finally {
      Command.of("umount", path.toString()).output();
    }
  }

  @Test
  void links_folders_and_large_files_are_told_and_not_touched() throws IOException {
    var elsewhere = Files.writeString(folder.resolve("elsewhere"), "untouched");
    Files.createSymbolicLink(path, elsewhere);
    assertThat(fault()).contains("it is a symbolic link, to " + elsewhere);
    Files.delete(path);
    Files.createDirectory(path);
    assertThat(fault()).contains("it is no regular file");
    Files.delete(path);
    Files.write(path, new byte[(1 << 20) + 1]);
    assertThat(fault()).contains("it has 1048577 bytes, more than 1048576");
    assertThat(elsewhere).hasContent("untouched");
  }

  private String fault() {
    return file.observe().fault().detail();
  }

  private void write(boolean repair) {
    file.write(new Step.WriteHosts(path, LINES, repair));
  }
}
