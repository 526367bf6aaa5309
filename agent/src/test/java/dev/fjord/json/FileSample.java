package dev.fjord.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file as a version of fjord wrote it: kept among the resources, never written anew. */
public final class FileSample {
  private static final Path FOLDER = Path.of("src/test/resources/dev/fjord/formats");

  private FileSample() {}

  /** What fjord wrote before its files had versions. */
  public static <T> void isReadFromBeforeVersions(String name, Class<T> type, T value)
      throws IOException {
    Path file = FOLDER.resolve("0").resolve(name + ".json");
    if (Boolean.getBoolean("samples.write")) {
      Files.createDirectories(file.getParent());
      Files.write(file, ModelJson.write(value));
    }
    assertThat(ModelJson.read(Files.readAllBytes(file), type, name)).isEqualTo(value);
  }
}
