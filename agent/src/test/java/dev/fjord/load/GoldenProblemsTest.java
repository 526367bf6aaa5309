package dev.fjord.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.model.Desired;
import dev.fjord.problem.Checked;
import dev.fjord.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every folder below {@code bad/} is a repository with faults, and its {@code expected.txt} is what
 * is said about it. {@code -Dgolden.fix=true} rewrites the expectations; read the difference.
 *
 * <p>A case has only the files that matter to it: what {@code base/} has and it has not is added.
 */
class GoldenProblemsTest {
  private static final Path CASES = Path.of("src/test/resources/dev/fjord/load/bad");
  private static final Path BASE = Path.of("src/test/resources/dev/fjord/load/base");
  private static final String EXPECTED = "expected.txt";
  private static final boolean FIX = Boolean.getBoolean("golden.fix");

  static List<String> cases() throws IOException {
    try (Stream<Path> folders = Files.list(CASES)) {
      return folders.map(folder -> folder.getFileName().toString()).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void says_what_is_wrong(String name) throws IOException {
    Path folder = CASES.resolve(name);
    MemoryTree tree = MemoryTree.of(BASE);
    for (var file : MemoryTree.of(folder).without(EXPECTED).contents().entrySet()) {
      // An empty file stands for one that the case does not have.
      tree =
          file.getValue().length == 0
              ? tree.without(file.getKey())
              : tree.with(file.getKey(), file.getValue());
    }
    String said = text(new Loader().load(tree));
    Path expected = folder.resolve(EXPECTED);
    if (FIX) {
      Files.writeString(expected, said);
    }
    assertThat(said).isEqualTo(Files.readString(expected));
  }

  static String text(Checked<Desired> checked) {
    StringBuilder text = new StringBuilder();
    Desired desired = checked.value();
    if (desired == null) {
      text.append("nothing can be used\n");
    } else {
      text.append("instances: ")
          .append(
              String.join(" ", desired.instances().stream().map(i -> i.name().value()).toList()))
          .append("\nheld: ")
          .append(String.join(" ", desired.held().stream().map(Object::toString).sorted().toList()))
          .append("\ncontests: ")
          .append(desired.contests().size())
          .append('\n');
    }
    checked.problems().forEach(problem -> append(text, problem));
    return text.toString();
  }

  private static void append(StringBuilder text, Problem problem) {
    text.append('\n')
        .append(problem.location())
        .append(' ')
        .append(problem.code())
        .append("\n  ")
        .append(problem.summary())
        .append('\n');
    if (problem.detail() != null) {
      text.append("  detail: ").append(problem.detail()).append('\n');
    }
    if (problem.hint() != null) {
      text.append("  hint: ").append(problem.hint()).append('\n');
    }
  }
}
