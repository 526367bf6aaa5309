package dev.fjord.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileMemoryTest {
  @TempDir private Path folder;
  private Path file;
  private int readings;

  /** Ten minutes later than it is, so that all files were changed long ago. */
  private final FileMemory<String> later =
      new FileMemory<>(InstantSource.offset(InstantSource.system(), Duration.ofMinutes(10)));

  @BeforeEach
  void write() throws IOException {
    file = Files.writeString(folder.resolve("file"), "one");
  }

  private String read(FileMemory<String> memory) throws IOException {
    return memory.of(
        file,
        there -> {
          readings++;
          return Files.readString(there);
        });
  }

  @Test
  void a_file_is_read_once_while_it_is_as_it_was() throws IOException {
    for (int i = 0; i < 3; i++) {
      assertThat(read(later)).isEqualTo("one");
    }
    assertThat(readings).isOne();
  }

  @Test
  void whoever_changes_it_and_puts_its_time_back_is_found_out() throws IOException {
    read(later);
    FileTime before = Files.getLastModifiedTime(file);
    Files.writeString(file, "two");
    Files.setLastModifiedTime(file, before);
    assertThat(read(later)).isEqualTo("two");
  }

  @Test
  void another_file_in_its_place_is_read() throws IOException {
    read(later);
    Path other = Files.writeString(folder.resolve("other"), "two");
    Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));
    Files.move(other, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertThat(read(later)).isEqualTo("two");
  }

  @Test
  void other_attributes_count_as_a_change() throws IOException {
    read(later);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
    read(later);
    assertThat(readings).isEqualTo(2);
  }

  /** Two changes within a tick of the file system's clock have one time. */
  @Test
  void what_was_changed_just_now_is_read_again() throws IOException {
    Instant changed = ((FileTime) Files.getAttribute(file, "unix:ctime")).toInstant();
    var atOnce = new FileMemory<String>(InstantSource.fixed(changed.plusMillis(1)));
    read(atOnce);
    read(atOnce);
    assertThat(readings).isEqualTo(2);
  }

  /** As after the clock was set back. */
  @Test
  void what_was_changed_at_a_time_to_come_is_read_again() throws IOException {
    var before = new FileMemory<String>(InstantSource.fixed(Instant.EPOCH));
    read(before);
    read(before);
    assertThat(readings).isEqualTo(2);
  }

  @Test
  void what_is_gone_is_gone_and_comes_back_anew() throws IOException {
    read(later);
    Files.delete(file);
    assertThatThrownBy(() -> read(later)).isInstanceOf(NoSuchFileException.class);
    Files.writeString(file, "two");
    assertThat(read(later)).isEqualTo("two");
  }

  @Test
  void a_reading_that_fails_is_made_again() throws IOException {
    assertThatThrownBy(() ->
            later.of(
                file,
                there -> {
                  throw new IOException("no");
                }))
        .hasMessage("no");
    assertThat(read(later)).isEqualTo("one");
  }
}
