package dev.fjord.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Texts that are kept in files and compared whole; {@code -Dgolden.write=true} rewrites them. */
public final class Golden {
  private static final Path FOLDER = Path.of("src/test/resources/dev/fjord");

  private Golden() {}

  /**
   * Compares.
   *
   * @param name below the test resources: {@code report/plan.txt}
   */
  public static void matches(String name, String text) throws IOException {
    matches(FOLDER.resolve(name), text);
  }

  /** Compares with any file of the project. */
  public static void matches(Path file, String text) throws IOException {
    if (Boolean.getBoolean("golden.write")) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    }
    assertThat(text)
        .as("%s; `mvn test -Dtest=… -Dgolden.write=true` rewrites it", file)
        .isEqualTo(Files.exists(file) ? Files.readString(file) : "");
  }
}
