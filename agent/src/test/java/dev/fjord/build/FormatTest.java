package dev.fjord.build;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Every source file is written as google-java-format writes it.
 *
 * <p>A test instead of a Maven plugin: the plugin would format with Maven's own JVM, which may be
 * too old to parse our Java.
 */
class FormatTest {
  private static final Path SOURCES = Path.of("src");
  private static final boolean FIX = Boolean.getBoolean("format.fix");

  private final Formatter formatter = new Formatter();

  @Test
  void every_source_file_is_formatted() throws Exception {
    var files = javaFiles();
    assertThat(files).as("source files below %s", SOURCES.toAbsolutePath()).isNotEmpty();
    var faults = files.parallelStream().map(this::fault).flatMap(Optional::stream).toList();
    assertThat(faults)
        .as("not formatted; `mvn test -Dtest=FormatTest -Dformat.fix=true` rewrites them")
        .isEmpty();
  }

  private Optional<String> fault(Path file) {
    try {
      var written = Files.readString(file);
      var formatted = formatter.formatSourceAndFixImports(written);
      if (written.equals(formatted)) {
        return Optional.empty();
      }
      if (FIX) {
        Files.writeString(file, formatted);
        return Optional.empty();
      }
      return Optional.of(file + ":" + firstDifference(written, formatted));
    } catch (FormatterException | IOException e) {
      return Optional.of(file + ": " + e.getMessage());
    }
  }

  private static List<Path> javaFiles() throws IOException {
    try (var walk = Files.walk(SOURCES)) {
      return walk.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    }
  }

  private static int firstDifference(String written, String formatted) {
    var left = written.split("\n", -1);
    var right = formatted.split("\n", -1);
    var line = 0;
    while (line < left.length && line < right.length && left[line].equals(right[line])) {
      line++;
    }
    return line + 1;
  }
}
