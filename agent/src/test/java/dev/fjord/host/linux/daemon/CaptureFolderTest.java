package dev.fjord.host.linux.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.model.Daemon;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.ObservedDaemon;
import dev.fjord.model.ResourceName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the files of a capture when it begins anew. */
class CaptureFolderTest {
  @TempDir private Path root;

  @Test
  void what_was_kept_stays_under_another_name_and_the_oldest_go() throws Exception {
    Path folder = root.resolve("capture");
    prepare(folder);
    assertThat(folder).isEmptyDirectory();
    file(folder, "lan.pcap0", "third", 3);
    file(folder, "lan.pcap1", "second", 2);
    file(folder, "earlier-20260101T000000.000Z-lan.pcap0", "first", 1);

    prepare(folder);

    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.sorted().map(CaptureFolderTest::text).toList())
          .containsExactly("second", "third");
    }
    assertThat(Files.exists(folder.resolve("lan.pcap0"))).isFalse();
    prepare(folder);
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.sorted().map(CaptureFolderTest::text).toList())
          .as("once more, and nothing is lost")
          .containsExactly("second", "third");
    }
  }

  @Test
  void nothing_that_a_captured_user_puts_there_is_followed() throws Exception {
    Path folder = Files.createDirectory(root.resolve("capture"));
    Path others = Files.writeString(root.resolve("others"), "somebody's");
    Path inside =
        Files.writeString(Files.createDirectory(root.resolve("inside")).resolve("f"), "x");
    Files.createSymbolicLink(folder.resolve("lan.pcap0"), others);
    Files.createSymbolicLink(folder.resolve("lan.pcap1"), inside.getParent());
    Files.createDirectory(folder.resolve("lan.pcap2"));
    Files.createSymbolicLink(folder.resolve("lan.pcap2/out"), inside.getParent());

    prepare(folder);

    assertThat(folder).isEmptyDirectory();
    assertThat(others).hasContent("somebody's");
    assertThat(inside).hasContent("x");
  }

  private static void prepare(Path folder) throws IOException {
    int self = (int) Files.getAttribute(folder.getParent(), "unix:uid");
    new CaptureFolder(folder)
        .prepare(
            new Daemon(
                ObservedDaemon.Kind.CAPTURE,
                new ResourceName("pot"),
                self,
                List.of("-w", folder.resolve("lan.pcap").toString(), "-W", "2"),
                new InterfaceName("fj-lan"),
                null));
  }

  private static void file(Path folder, String name, String text, int second) throws IOException {
    Path file = Files.writeString(folder.resolve(name), text);
    Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(second)));
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
