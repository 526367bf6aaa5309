package dev.fjord.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fjord.problem.ProblemException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Files as versions of fjord wrote them: {@code formats/0} holds those from before files had
 * versions, {@code formats/1} those of version 1. A sample is never written anew: whoever changes a
 * form adds a version, and with it a sample.
 */
public final class FileSample {
  private static final Path FOLDER = Path.of("src/test/resources/dev/fjord/formats");

  private FileSample() {}

  /** The samples of that name, read by today's program, hold {@code value}. */
  public static <T> void holds(String name, FileFormat<T> format, T value) throws IOException {
    isRead(0, name, format, value);
    isRead(1, name, format, value);
    assertThat(new String(format.bytes(value), StandardCharsets.UTF_8))
        .as("another form is another version")
        .isEqualTo(text(1, name));
    refusesNewer(name, format);
  }

  private static <T> void isRead(int version, String name, FileFormat<T> format, T value)
      throws IOException {
    byte[] sample = Files.readAllBytes(file(version, name));
    assertThat(format.parse(sample, name)).as("version %d", version).isEqualTo(value);
  }

  private static void refusesNewer(String name, FileFormat<?> format) throws IOException {
    String newer = text(1, name).replaceFirst("\"version\" : 1,", "\"version\" : 2,");
    assertThatThrownBy(() -> format.parse(newer.getBytes(StandardCharsets.UTF_8), name))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> {
              assertThat(e.problem().code()).isEqualTo(FileFormat.NEWER);
              assertThat(e.problem().summary())
                  .isEqualTo(name + " was written by a newer version of fjord than this one");
              assertThat(e.problem().detail())
                  .isEqualTo("its format is version 2; this fjord knows 1");
              assertThat(e.problem().hint())
                  .endsWith("Install the newer fjord again, or one that came after it.");
            });
  }

  private static String text(int version, String name) throws IOException {
    return Files.readString(file(version, name));
  }

  private static Path file(int version, String name) {
    return FOLDER.resolve(String.valueOf(version)).resolve(name + ".json");
  }
}
