package dev.fjord.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.load.SignaturePolicies;
import dev.fjord.model.Layout;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.Problem;
import dev.fjord.process.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Commits that no ordinary client writes, and that a bare repository takes all the same. */
class OddCommitsTest {
  private static final String LINDA = "Linda <linda@example.org> 1767225600 +0000";

  @TempDir Path folder;
  private Path bare;
  private String tree = "";
  private String good = "";

  @BeforeEach
  void a_repository_with_one_good_commit() throws Exception {
    bare = folder.resolve("slart.git");
    Command.of("git", "init", "-q", "--bare", bare.toString()).output();
    String blob = write("blob", "kind: Site\n");
    tree = git("100644 blob " + blob + "\tfjord.yaml\n", "mktree");
    good = commit(headers(null, LINDA, LINDA), "Good\n");
    push(good);
  }

  /** Whatever is said beside tree and parents says nothing about the files. */
  static Stream<Arguments> harmless() {
    String digits = "9".repeat(20);
    return Stream.of(
        Arguments.of("a committer without angle brackets", LINDA, "Linda", "", "m\n"),
        Arguments.of("no angle brackets at all", "Linda", "Linda", "", "m\n"),
        Arguments.of("an empty committer", LINDA, "", "", "m\n"),
        Arguments.of("one bracket", LINDA, "Linda <linda@example.org", "", "m\n"),
        Arguments.of("brackets the wrong way", LINDA, "Linda >x< 1 +0000", "", "m\n"),
        Arguments.of("no date", LINDA, "Linda <l@example.org>", "", "m\n"),
        Arguments.of("a date that is a word", LINDA, "Linda <l@x> yesterday +0000", "", "m\n"),
        Arguments.of("20 digits of a date", LINDA, "L <l@x> " + digits + " +0000", "", "m\n"),
        Arguments.of(
            "20 digits for both",
            "L <l@x> " + digits + " +0000",
            "L <l@x> " + digits + " +0000",
            "",
            "m\n"),
        Arguments.of("the largest long", LINDA, "L <l@x> 9223372036854775807 +0000", "", "m\n"),
        Arguments.of("a date before 1970", LINDA, "L <l@x> -99999999999999 +0000", "", "m\n"),
        Arguments.of("a time zone of digits", LINDA, "L <l@x> 1 +99999999999", "", "m\n"),
        Arguments.of("a time zone that is none", LINDA, "L <l@x> 1 Mars/Base", "", "m\n"),
        Arguments.of("an encoding that is none", LINDA, LINDA, "encoding KLINGON-8\n", "m\n"),
        Arguments.of("an encoding that is no name", LINDA, LINDA, "encoding \u0001 /../\n", "m\n"),
        Arguments.of("two encodings", LINDA, LINDA, "encoding UTF-16\nencoding x\n", "m\n"),
        Arguments.of(
            "a signature of rubbish",
            LINDA,
            LINDA,
            "gpgsig -----BEGIN\n \u0000\u0001 x\n -----END\n",
            "m\n"),
        Arguments.of("a signature that does not end", LINDA, LINDA, "gpgsig\n ", "m"),
        Arguments.of("a merge tag of rubbish", LINDA, LINDA, "mergetag object\n type\n", "m\n"),
        Arguments.of("headers that nobody knows", LINDA, LINDA, "x y\n\u0000\u0000\n", "m\n"),
        Arguments.of("no message", LINDA, LINDA, "", ""),
        Arguments.of("NUL in the message", LINDA, LINDA, "", "a\u0000b\u0000\n\nc: \u0000\n"),
        Arguments.of("NUL in the committer", LINDA, "L\u0000 <\u0000> \u0000", "", "m\n"),
        Arguments.of("a long message", LINDA, LINDA, "", "x".repeat(900_000)),
        Arguments.of("a message of line ends", LINDA, LINDA, "", "\n".repeat(500_000)),
        Arguments.of(
            "trailers that are none",
            LINDA,
            LINDA,
            "",
            "m\n\nFjord-Allow-Deletes: 99999999999999999999\nFjord-Allow-Deletes: -1\n"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("harmless")
  void what_says_nothing_about_the_files_is_followed(
      String name, String author, String committer, String more, String message) throws Exception {
    try (Mirror mirror = open()) {
      assertThat(mirror.fetch().problems()).isEmpty();
      mirror.markInForce(good);
      String odd = commit(headers(good, author, committer) + more, message);
      push(odd);
      assertFollowed(mirror.fetch(), odd);
      String next = commit(headers(odd, LINDA, LINDA), "On top of it\n");
      push(next);
      assertFollowed(mirror.fetch(), next);
    }
    try (Mirror again = open()) {
      Fetched fetched = again.fetch();
      assertThat(fetched.problems()).isEmpty();
      assertThat(again.tree(Objects.requireNonNull(fetched.chosen())).files()).hasSize(1);
    }
  }

  static Stream<Arguments> useless() {
    return Stream.of(
        Arguments.of("nothing at all", ""),
        Arguments.of("a word", "rubbish"),
        Arguments.of("no tree", "author " + LINDA + "\ncommitter " + LINDA + "\n\nm\n"),
        Arguments.of("a tree that is no id", "tree zzzz\nauthor x\n\nm\n"),
        Arguments.of("a tree cut off", "tree 4b825dc642cb"),
        Arguments.of("a parent that is no id", "tree TREE\nparent nobody\nauthor x\n\nm\n"),
        Arguments.of("a tree that is not there", "tree " + "1".repeat(40) + "\n\nm\n"),
        Arguments.of(
            "a parent that is not there", "tree TREE\nparent " + "2".repeat(40) + "\n\nm\n"),
        Arguments.of("a tree that is a commit", "tree GOOD\n\nm\n"),
        Arguments.of("a parent that is a tree", "tree TREE\nparent TREE\n\nm\n"),
        Arguments.of("NUL bytes", "\u0000".repeat(500)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("useless")
  void what_has_no_files_leaves_the_last_good_one(String name, String content) throws Exception {
    try (Mirror mirror = open()) {
      assertThat(mirror.fetch().problems()).isEmpty();
      String odd = write("commit", content.replace("TREE", tree).replace("GOOD", good));
      Files.writeString(bare.resolve("refs/heads/main"), odd + "\n");
      Problem first = assertStays(mirror.fetch());
      assertThat(assertStays(mirror.fetch())).as("the same at each look").isEqualTo(first);
      String later = commit(headers(odd, LINDA, LINDA), "On top of it\n");
      Files.writeString(bare.resolve("refs/heads/main"), later + "\n");
      assertStays(mirror.fetch());
      assertThat(folder.resolve("state/repository.git.damaged"))
          .as("what is odd over there is no damage here")
          .doesNotExist();

      String mended = commit(headers(good, LINDA, LINDA), "Mended\n");
      push(mended);
      assertFollowed(mirror.fetch(), mended);
    }
    try (Mirror again = open()) {
      assertThat(again.fetch().problems()).isEmpty();
    }
  }

  @Test
  void a_message_of_many_mebibytes_leaves_the_last_good_one() throws Exception {
    try (Mirror mirror = open()) {
      mirror.fetch();
      push(commit(headers(good, LINDA, LINDA), "x".repeat(60 << 20)));
      Fetched fetched = mirror.fetch();
      assertThat(Objects.requireNonNull(fetched.chosen()).id()).isEqualTo(good);
      assertThat(fetched.problems()).hasSize(1);
    }
  }

  private Problem assertStays(Fetched fetched) {
    assertThat(Objects.requireNonNull(fetched.chosen()).id()).isEqualTo(good);
    assertThat(fetched.problems()).hasSize(1);
    Problem problem = fetched.problems().get(0);
    assertThat(problem.hint()).as(problem.toString()).contains("git fsck");
    return problem;
  }

  private static void assertFollowed(Fetched fetched, String commit) {
    assertThat(fetched.problems()).isEmpty();
    assertThat(Objects.requireNonNull(fetched.chosen()).id()).isEqualTo(commit);
  }

  private String headers(@Nullable String parent, String author, String committer) {
    return "tree "
        + tree
        + "\n"
        + (parent == null ? "" : "parent " + parent + "\n")
        + "author "
        + author
        + "\ncommitter "
        + committer
        + "\n";
  }

  private String commit(String headers, String message) {
    return write("commit", headers + "\n" + message);
  }

  private String write(String type, String content) {
    return git(content, "hash-object", "-t", type, "-w", "--literally", "--stdin");
  }

  private void push(String commit) {
    git("", "update-ref", "refs/heads/main", commit);
  }

  private String git(String input, String... words) {
    List<String> all = new ArrayList<>(List.of("git", "-C", bare.toString()));
    all.addAll(List.of(words));
    return Command.of(all).input(input).timeout(Duration.ofMinutes(5)).output().strip();
  }

  private Mirror open() {
    Duration second = Duration.ofSeconds(1);
    return Mirror.open(
        ModelFixtures.agentSettings(
            bare.toString(),
            "main",
            new ResourceName("slart"),
            Layout.of(folder.resolve("state").toString(), "/run/fjord"),
            second,
            null,
            null,
            second,
            second),
        SignaturePolicies::read);
  }
}
