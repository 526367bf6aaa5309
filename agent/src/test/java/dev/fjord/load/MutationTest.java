package dev.fjord.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.fjord.model.Desired;
import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.Checked;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever stands in a file, loading ends soon, throws nothing, and holds nobody but the file's
 * owner. {@code -Dfuzz.rounds=N} tries more seeds.
 */
class MutationTest {
  private static final Path BASE = Path.of("src/test/resources/dev/fjord/load/base");
  private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 40);
  private static final int CHANGES_PER_ROUND = 50;
  private static final Owner LINDA = Owner.partner(new ResourceName("linda"));

  /** What breaks readers: YAML's own signs, words with a meaning, and bytes with none. */
  private static final List<String> SPLINTERS =
      List.of(
          "{",
          "}",
          "[",
          "]",
          ":",
          ": ",
          "- ",
          "? ",
          "&a ",
          "*a",
          "<<: ",
          "!!int ",
          "|\n",
          ">-\n",
          "'",
          "\"",
          "#",
          "%YAML 1.1\n",
          "---\n",
          "...\n",
          "\t",
          "\r",
          "\n",
          "\n\n  ",
          "  ",
          "null",
          "~",
          "yes",
          "012",
          "0x1F",
          "1e9",
          ".inf",
          "-1",
          "\0",
          "\u001b[31m",
          "\u202e",
          "\u2028",
          "é",
          "\uD83D\uDE00",
          "spec:",
          "kind: Switch\n",
          "name: ../../x",
          "a".repeat(300),
          "[".repeat(50),
          "128MiB",
          "99999999999999TiB",
          "0B",
          "\\u0000",
          "\"\\ud800\"");

  static IntStream seeds() {
    return IntStream.range(0, ROUNDS);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void a_partners_file_holds_that_partner_at_most(int seed) throws IOException {
    Random random = new Random(seed);
    MemoryTree base = MemoryTree.of(BASE);
    String path = random.nextBoolean() ? "partners/linda/linda.yaml" : "partners/linda.yaml";
    Loader loader = new Loader();
    for (int i = 0; i < CHANGES_PER_ROUND; i++) {
      MemoryTree tree = base.with(path, mutated(base, path, random));
      Checked<Desired> loaded = assertTimeout(Duration.ofMinutes(1), () -> loader.load(tree));
      Desired desired = loaded.orThrow();
      assertThat(desired.held()).isSubsetOf(LINDA);
      assertThat(desired.instances().size() + desired.contests().size())
          .as("what the others have")
          .isGreaterThanOrEqualTo(3);
      assertPrintable(loaded);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void any_file_gives_problems_or_a_value(int seed) throws IOException {
    Random random = new Random(~seed);
    MemoryTree base = MemoryTree.of(BASE);
    List<String> paths = List.copyOf(base.contents().keySet());
    Loader loader = new Loader();
    for (int i = 0; i < CHANGES_PER_ROUND; i++) {
      String path = paths.get(random.nextInt(paths.size()));
      MemoryTree tree = base.with(path, mutated(base, path, random));
      assertPrintable(assertTimeout(Duration.ofMinutes(1), () -> loader.load(tree)));
      byte[] settings = mutated(base, path, random);
      assertThat(AgentSettingsLoader.load("agent.yaml", settings, "slart").problems()).isNotEmpty();
    }
  }

  private static void assertPrintable(Checked<Desired> loaded) {
    for (var problem : loaded.problems()) {
      String all =
          Stream.of(problem.location(), problem.summary(), problem.detail(), problem.hint())
              .map(String::valueOf)
              .reduce("", String::concat);
      assertThat(all.chars()).as(all).noneMatch(c -> c < ' ' || c == 0x7F || c == 0x202E);
      assertThat(all.length()).isLessThan(2000);
    }
  }

  private static byte[] mutated(MemoryTree base, String path, Random random) {
    StringBuilder text =
        new StringBuilder(
            new String(base.contents().getOrDefault(path, new byte[0]), StandardCharsets.UTF_8));
    for (int i = 0; i <= random.nextInt(4); i++) {
      int at = random.nextInt(text.length() + 1);
      int end = Math.min(text.length(), at + random.nextInt(12));
      switch (random.nextInt(4)) {
        case 0 -> text.delete(at, end);
        case 1 -> text.insert(at, SPLINTERS.get(random.nextInt(SPLINTERS.size())));
        case 2 -> text.replace(at, end, SPLINTERS.get(random.nextInt(SPLINTERS.size())));
        default -> text.insert(at, text.substring(at, end).repeat(3));
      }
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    if (bytes.length > 0 && random.nextInt(10) == 0) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return bytes;
  }
}
