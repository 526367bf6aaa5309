package dev.fjord.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is shown to people is right. */
class ExamplesTest {
  private static final Path EXAMPLES = Path.of("../examples");

  /** The repository of this package's own tests is one of them, so that there is always one. */
  static List<Path> repositories() throws IOException {
    List<Path> repositories = new java.util.ArrayList<>();
    repositories.add(Path.of("src/test/resources/dev/fjord/load/base"));
    if (Files.isDirectory(EXAMPLES)) {
      try (Stream<Path> folders = Files.list(EXAMPLES)) {
        folders
            .filter(folder -> Files.exists(folder.resolve("fjord.yaml")))
            .sorted()
            .forEach(repositories::add);
      }
    }
    return repositories;
  }

  @ParameterizedTest
  @MethodSource("repositories")
  void an_example_has_no_problems(Path repository) throws IOException {
    var loaded = new Loader().load(MemoryTree.of(repository));
    assertThat(loaded.problems()).isEmpty();
    assertThat(loaded.orThrow().instances()).isNotEmpty();
  }
}
