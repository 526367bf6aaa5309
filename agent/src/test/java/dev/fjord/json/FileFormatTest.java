package dev.fjord.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fjord.problem.ProblemException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileFormatTest {
  private record Kept(int count, Map<String, String> names) {}

  private static final Kept KEPT = new Kept(3, Map.of("a", "b"));

  @TempDir Path folder;
  private Path file;
  private final FileFormat<Kept> format =
      new FileFormat<>(Kept.class, 2, 1000, "Nothing is counted meanwhile.");

  @BeforeEach
  void place() {
    file = folder.resolve("kept.json");
  }

  @Test
  void what_was_written_is_read_and_begins_with_its_version() throws Exception {
    format.write(file, KEPT);
    assertThat(Files.readString(file)).startsWith("{\n  \"version\" : 2,\n");
    assertThat(format.read(file)).isEqualTo(KEPT);
    format.writeForThisBoot(file, new Kept(4, Map.of()));
    assertThat(format.orNull(file)).isEqualTo(new Kept(4, Map.of()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\"version\": 1,", "\"version\": 2,", "\"new\": [1, {}],"})
  void older_ones_are_read_and_unknown_fields_passed_over(String more) throws Exception {
    Files.writeString(file, "{" + more + "\"count\": 3, \"names\": {\"a\": \"b\"}}");
    assertThat(format.read(file)).isEqualTo(KEPT);
    format.write(file, new Kept(5, Map.of()));
    assertThat(format.read(file).count()).isEqualTo(5);
  }

  /** Also where it is not the first field, and where the rest has another form. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"version\": 3, \"count\": 3, \"names\": {}}",
        "{\"count\": {\"version\": 1}, \"version\": 3}",
        "{\"version\": 3, \"count\": \"thr",
        "{\"version\": 3}"
      })
  void a_newer_one_is_neither_read_nor_replaced(String newer) throws Exception {
    Files.writeString(file, newer);
    refuses(() -> format.read(file));
    refuses(() -> format.orNull(file));
    refuses(() -> format.write(file, KEPT));
    refuses(() -> format.writeForThisBoot(file, KEPT));
    assertThat(Files.readString(file)).isEqualTo(newer);
  }

  @Test
  void a_version_that_no_number_here_holds_is_newer() throws Exception {
    Files.writeString(file, "{\"version\": 99999999999, \"count\": 3, \"names\": {}}");
    assertThatThrownBy(() -> format.read(file))
        .isInstanceOfSatisfying(
            ProblemException.class, e -> assertThat(FileFormat.isNewer(e)).isTrue());
  }

  private void refuses(org.assertj.core.api.ThrowableAssert.ThrowingCallable attempt) {
    assertThatThrownBy(attempt)
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> {
              assertThat(FileFormat.isNewer(e)).isTrue();
              assertThat(e.problem().summary())
                  .isEqualTo(file + " was written by a newer version of fjord than this one");
              assertThat(e.problem().detail())
                  .isEqualTo("its format is version 3; this fjord knows 2");
              assertThat(e.problem().hint())
                  .isEqualTo(
                      "Nothing is counted meanwhile. Install the newer fjord again, or one that"
                          + " came after it.");
            });
  }

  @Test
  void what_can_be_found_out_again_is_kept_in_memory_beside_a_newer_one() throws Exception {
    String newer = "{\"version\": 3}";
    Files.writeString(file, newer);
    assertThat(format.note(file)).isNull();
    format.keepNote(file, KEPT);
    assertThat(format.note(file)).isEqualTo(KEPT);
    assertThat(Files.readString(file)).isEqualTo(newer);

    Files.delete(file);
    assertThat(format.note(file)).isNull();
    format.keepNote(file, new Kept(4, Map.of()));
    assertThat(format.read(file).count()).isEqualTo(4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "null", "{\"version\": \"3\", \"count\": []}", "\0\0"})
  void what_is_damaged_is_unreadable_or_nothing_and_may_be_replaced(String damaged)
      throws Exception {
    Files.writeString(file, damaged);
    assertThatThrownBy(() -> format.read(file))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining(file + " ")
        .hasMessageContaining("hold");
    assertThat(format.orNull(file)).isNull();
    assertThat(format.note(file)).isNull();
    format.write(file, KEPT);
    assertThat(format.read(file)).isEqualTo(KEPT);
  }

  @Test
  void no_file_is_longer_than_its_limit() throws Exception {
    Files.writeString(file, "{\"count\": 3, \"names\": {}" + " ".repeat(1000) + "}");
    assertThatThrownBy(() -> format.read(file))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> assertThat(e.problem().detail()).isEqualTo("it is longer than 1000 bytes"));
  }

  @Test
  void links_are_not_followed_and_nothing_is_nothing() throws Exception {
    Path elsewhere = folder.resolve("elsewhere");
    Files.write(elsewhere, format.bytes(KEPT));
    Files.createSymbolicLink(file, elsewhere);
    assertThatThrownBy(() -> format.read(file)).isInstanceOf(IOException.class);
    Files.delete(file);
    assertThatThrownBy(() -> format.read(file)).isInstanceOf(NoSuchFileException.class);
    assertThat(format.orNull(file)).isNull();
  }

  @Test
  void its_text_is_of_one_form() {
    assertThat(new String(format.bytes(KEPT), StandardCharsets.UTF_8))
        .isEqualTo(
            """
            {
              "version" : 2,
              "count" : 3,
              "names" : {
                "a" : "b"
              }
            }\
            """);
  }
}
