package dev.fjord.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FixedLogTest {
  private static final long SIZE = 64;

  @TempDir Path folder;
  private Path newer;
  private Path older;

  @BeforeEach
  void place() {
    newer = folder.resolve("log");
    older = folder.resolve("log.1");
  }

  private void append(String... lines) throws IOException {
    try (var log = FixedLog.open(newer, older, SIZE)) {
      for (var line : lines) {
        log.append(line);
      }
      log.sync();
    }
  }

  private static List<String> lines(Path file) throws IOException {
    return Files.readAllLines(file).stream().filter(line -> !line.isEmpty()).toList();
  }

  @Test
  void goes_on_after_the_last_line_and_never_grows() throws Exception {
    append("one\n", "two\n");
    append("three\n");
    assertThat(lines(newer)).containsExactly("one", "two", "three");
    assertThat(Files.size(newer)).isEqualTo(SIZE);
    assertThat(Files.size(older)).isEqualTo(SIZE);
  }

  @Test
  void a_torn_line_stands_for_itself() throws Exception {
    append("one\n");
    var torn = Files.readString(newer).replace("one\n\n\n\n", "one\n{to");
    Files.writeString(newer, torn);
    append("two\n");
    assertThat(lines(newer)).containsExactly("one", "{to", "two");
  }

  @Test
  void the_older_file_is_written_over_when_the_newer_is_full() throws Exception {
    var line = "x".repeat(39) + "\n";
    append("first" + line);
    append("second" + line);
    assertThat(lines(older)).containsExactly("first" + line.strip());
    assertThat(lines(newer)).containsExactly("second" + line.strip());
    append("third" + line);
    assertThat(lines(older)).containsExactly("second" + line.strip());
    assertThat(lines(newer)).containsExactly("third" + line.strip());
    assertThat(folder.toFile().list()).hasSize(2);
    assertThat(Files.size(newer)).isEqualTo(SIZE);
  }

  @Test
  void a_file_that_is_full_to_its_last_byte_goes_on_in_the_other() throws Exception {
    Files.writeString(newer, "x".repeat((int) SIZE));
    append("next\n");
    assertThat(lines(newer)).containsExactly("next");
    assertThat(Files.readString(older)).isEqualTo("x".repeat((int) SIZE));
  }

  @Test
  void a_rotation_that_was_cut_short_loses_no_line() throws Exception {
    append("one\n");
    var spare = folder.resolve(DurableFile.UNFINISHED + "log");
    Files.move(older, spare); // Killed after the first rename.
    append("two\n");
    assertThat(lines(newer)).containsExactly("one", "two");
    Files.move(older, spare);
    Files.move(newer, older); // Killed after the second.
    append("three\n");
    assertThat(lines(older)).containsExactly("one", "two");
    assertThat(lines(newer)).containsExactly("three");
    assertThat(spare).doesNotExist();
  }

  @Test
  void lines_of_an_older_program_stay() throws Exception {
    Files.writeString(newer, "{\"what\":\"begin\"}\n");
    append("two\n");
    assertThat(lines(newer)).containsExactly("{\"what\":\"begin\"}", "two");
  }
}
