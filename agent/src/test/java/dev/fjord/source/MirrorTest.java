package dev.fjord.source;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fjord.load.SignaturePolicies;
import dev.fjord.model.Layout;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.Problem;
import dev.fjord.source.tree.RevisionTree;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which commit is followed, whatever the other side does. Histories are drawn left to right. */
class MirrorTest {
  @TempDir Path folder;
  private Upstream upstream;
  private Mirror mirror;

  @BeforeEach
  void an_upstream_and_a_mirror() throws Exception {
    upstream = new Upstream(folder.resolve("upstream.git"));
    mirror = open();
  }

  @AfterEach
  void close() {
    mirror.close();
    upstream.close();
  }

  // A
  @Test
  void accepts_the_first_tip_it_sees() throws Exception {
    String a = upstream.commit("Say what is wanted\n\nAt length.");
    upstream.push("main", a);

    Fetched fetched = mirror.fetch();

    assertThat(fetched.problems()).isEmpty();
    Revision chosen = requireNonNull(fetched.chosen());
    assertThat(chosen.id()).isEqualTo(a);
    assertThat(mirror.fetch()).isEqualTo(fetched);
  }

  // A--B
  @Test
  void follows_the_branch_forward() throws Exception {
    String a = upstream.commit("A");
    upstream.push("main", a);
    mirror.fetch();
    String b = upstream.commit("B", a);
    upstream.push("main", b);

    assertThat(chosen(mirror.fetch())).isEqualTo(b);
  }

  // A--B--C        accepted: C
  //     \
  //      D         pushed by force
  @Test
  void stays_when_the_history_was_rewritten_until_told_otherwise() throws Exception {
    String a = upstream.commit("A");
    String b = upstream.commit("B", a);
    String c = upstream.commit("C", b);
    upstream.push("main", c);
    mirror.fetch();
    String d = upstream.commit("D", b);
    upstream.push("main", d);

    for (int twice = 0; twice < 2; twice++) {
      Fetched fetched = mirror.fetch();
      assertThat(chosen(fetched)).isEqualTo(c);
      Problem problem = only(fetched);
      assertThat(problem.code()).isEqualTo("rewritten-history");
      assertThat(problem.summary()).contains(c.substring(0, 12), d.substring(0, 12), "'main'");
      assertThat(problem.hint()).contains("fjord accept --revision " + d.substring(0, 12));
    }

    assertThat(mirror.accept(d.substring(0, 12)).id()).isEqualTo(d);
    assertThat(mirror.fetch().problems()).isEmpty();
    assertThat(chosen(mirror.fetch())).isEqualTo(d);
  }

  // A--B   pushed back by force to A: an older state is not a newer one
  @Test
  void stays_when_the_branch_was_moved_back() throws Exception {
    String a = upstream.commit("A");
    String b = upstream.commit("B", a);
    upstream.push("main", b);
    mirror.fetch();
    upstream.push("main", a);

    Fetched fetched = mirror.fetch();

    assertThat(chosen(fetched)).isEqualTo(b);
    assertThat(only(fetched).code()).isEqualTo("rewritten-history");
    assertThat(fetched.answered()).isTrue();
  }

  // A--B (main)
  //  \
  //   X (a partner's branch)
  @Test
  void accepts_on_purpose_only_what_the_branch_holds() throws Exception {
    String a = upstream.commit("A");
    String b = upstream.commit("B", a);
    String x = upstream.commit("X", a);
    upstream.push("main", b);
    upstream.push("linda", x);
    mirror.fetch();

    assertThatThrownBy(() -> mirror.accept(x)).hasMessageContaining("there is no commit");
    assertThat(mirror.accept(a).id()).isEqualTo(a);
    assertThatThrownBy(() -> mirror.accept("main; reboot")).hasMessageContaining("no commit");
  }

  @Test
  void an_empty_repository_says_so() {
    Fetched fetched = mirror.fetch();
    assertThat(fetched.chosen()).isNull();
    assertThat(only(fetched).code()).isEqualTo("repository-empty");
    assertThat(only(fetched).hint()).contains("fjord init");
  }

  @Test
  void a_deleted_branch_changes_nothing_and_the_others_are_named() throws Exception {
    String a = upstream.commit("A");
    upstream.push("main", a);
    upstream.push("trunk", a);
    mirror.fetch();
    upstream.delete("main");

    Fetched fetched = mirror.fetch();

    assertThat(chosen(fetched)).isEqualTo(a);
    assertThat(only(fetched).code()).isEqualTo("branch-missing");
    assertThat(only(fetched).detail()).contains("trunk");
  }

  @Test
  void a_deleted_repository_changes_nothing() throws Exception {
    String a = upstream.commit("A");
    upstream.push("main", a);
    mirror.fetch();
    MirrorLeftovers.remove(upstream.folder());

    Fetched fetched = mirror.fetch();

    assertThat(chosen(fetched)).isEqualTo(a);
    assertThat(only(fetched).code()).isEqualTo("repository-missing");
    assertThat(fetched.answered()).isFalse();
    assertThat(only(fetched).summary()).contains(upstream.folder().toString());
  }

  @Test
  void remembers_what_is_in_force() throws Exception {
    String a = upstream.commit("A");
    upstream.push("main", a);
    mirror.fetch();
    assertThat(mirror.inForce()).isNull();
    mirror.markInForce(a);
    reopen();
    assertThat(mirror.inForce()).isEqualTo(a);
    assertThat(requireNonNull(mirror.accepted()).id()).isEqualTo(a);
  }

  // A--B(3)--M(2)--C     M merges P(99), which a partner wrote
  //  \      /
  //   P(99)
  @Test
  void removals_are_allowed_by_the_commits_since_the_one_in_force_before() throws Exception {
    String a = upstream.commit("A");
    upstream.push("main", a);
    mirror.fetch();
    mirror.markInForce(a);
    String b = upstream.commit("B\n\nFjord-Allow-Deletes: 3", a);
    String p = upstream.commit("P\n\nFjord-Allow-Deletes: 99", a);
    String m = upstream.commit("Merge P\n\nFjord-Allow-Deletes: 2", b, p);
    String c = upstream.commit("C", m);
    upstream.push("main", c);

    assertThat(requireNonNull(mirror.fetch().chosen()).allowedDeletes()).isEqualTo(3);
    mirror.markInForce(b);
    assertThat(requireNonNull(mirror.fetch().chosen()).allowedDeletes()).isEqualTo(2);
    mirror.markInForce(c);
    assertThat(requireNonNull(mirror.fetch().chosen()).allowedDeletes()).isEqualTo(2);
    String d = upstream.commit("D", c);
    upstream.push("main", d);
    assertThat(requireNonNull(mirror.fetch().chosen()).allowedDeletes()).isZero();
  }

  @Test
  void lock_files_of_a_killed_agent_are_cleared_away() throws Exception {
    upstream.push("main", upstream.commit("A"));
    mirror.fetch();
    mirror.close();
    Path git = folder.resolve("state/repository.git");
    for (String lock :
        new String[] {
          "config.lock",
          "HEAD.lock",
          "packed-refs.lock",
          "shallow.lock",
          "refs/fjord/accepted.lock",
          "refs/fjord/tips/main.lock",
          "objects/incoming_1.pack",
          "objects/pack/gc_1.pack_tmp"
        }) {
      Files.writeString(git.resolve(lock), "");
    }
    String b = upstream.commit("B", upstream.repository().resolve("main").name());
    upstream.push("main", b);

    mirror = open();
    Fetched fetched = mirror.fetch();

    assertThat(fetched.problems()).isEmpty();
    assertThat(chosen(fetched)).isEqualTo(b);
    try (Stream<Path> files = Files.walk(git)) {
      assertThat(files.map(String::valueOf))
          .noneMatch(file -> file.endsWith(".lock") || file.contains("incoming_"))
          .noneMatch(file -> file.endsWith("_tmp"));
    }
  }

  @Test
  void a_mirror_with_damaged_packs_is_made_anew() throws Exception {
    String a = upstream.commit("A");
    upstream.push("main", a);
    mirror.fetch();
    mirror.markInForce(a);
    mirror.close();
    damagePacks();

    mirror = open();
    Fetched first = mirror.fetch();

    assertThat(first.problems()).isEmpty();
    assertThat(chosen(first)).isEqualTo(a);
    assertThat(mirror.inForce()).isEqualTo(a);
    assertThat(text(mirror.tree(requireNonNull(first.chosen())))).isEqualTo("A");
  }

  // A--B       accepted, then the mirror is damaged and the server shows only
  // X          which must not be taken for a first tip
  @Test
  void a_damaged_mirror_does_not_forget_what_was_accepted() throws Exception {
    String a = upstream.commit("A");
    String b = upstream.commit("B", a);
    upstream.push("main", b);
    mirror.fetch();
    mirror.close();
    MirrorLeftovers.remove(folder.resolve("state/repository.git"));
    String x = upstream.commit("X");
    upstream.push("main", x);

    mirror = open();
    Fetched fetched = mirror.fetch();

    assertThat(fetched.chosen()).isNull();
    assertThat(only(fetched).code()).isEqualTo("rewritten-history");
    assertThat(only(fetched).detail()).contains(b, x);
    assertThat(mirror.accept(x).id()).isEqualTo(x);
    assertThat(mirror.fetch().problems()).isEmpty();
  }

  // A--B       accepted; the mirror is damaged, and the server shows only
  // X
  @Test
  void what_the_server_has_no_more_is_saved_from_the_damaged_mirror() throws Exception {
    String a = upstream.commit("A");
    String b = upstream.commit("B", a);
    upstream.push("main", b);
    mirror.fetch();
    mirror.markInForce(a);
    Files.writeString(folder.resolve("state/repository.git/fjord-damaged"), "");
    String x = upstream.commit("X");
    upstream.push("main", x);

    for (int twice = 0; twice < 2; twice++) {
      Fetched fetched = mirror.fetch();
      assertThat(chosen(fetched)).isEqualTo(b);
      assertThat(only(fetched).code()).isEqualTo("rewritten-history");
      assertThat(text(mirror.tree(requireNonNull(fetched.chosen())))).isEqualTo("B");
    }
    assertThat(folder.resolve("state/repository.git/fjord-damaged")).doesNotExist();
  }

  @Test
  void a_damaged_mirror_stays_in_use_while_the_server_is_away() throws Exception {
    String a = upstream.commit("A");
    upstream.push("main", a);
    mirror.fetch();
    Files.writeString(folder.resolve("state/repository.git/fjord-damaged"), "");
    MirrorLeftovers.remove(upstream.folder());

    Fetched fetched = mirror.fetch();

    assertThat(chosen(fetched)).isEqualTo(a);
    assertThat(only(fetched).code()).isEqualTo("repository-missing");
  }

  @Test
  void killed_between_the_renames_of_a_replacement_the_new_mirror_is_taken() throws Exception {
    String a = upstream.commit("A");
    upstream.push("main", a);
    mirror.fetch();
    mirror.close();
    Path git = folder.resolve("state/repository.git");
    Files.move(git, MirrorStore.aside(git));
    MirrorLeftovers.remove(upstream.folder());

    mirror = open();

    assertThat(requireNonNull(mirror.accepted()).id()).isEqualTo(a);
  }

  @Test
  void a_folder_that_is_no_repository_is_set_aside() throws Exception {
    upstream.push("main", upstream.commit("A"));
    mirror.close();
    Path git = folder.resolve("state/repository.git");
    MirrorLeftovers.remove(git);
    Files.createDirectories(git);
    Files.writeString(git.resolve("config"), "[core\n");

    mirror = open();

    assertThat(mirror.fetch().problems()).isEmpty();
    assertThat(folder.resolve("state/repository.git.damaged")).isDirectory();
  }

  @Test
  void packs_when_there_are_many() throws Exception {
    String tip = upstream.commit("0");
    upstream.push("main", tip);
    mirror.fetch();
    assertThat(mirror.maintain()).isFalse();
    for (int i = 1; i <= 51; i++) {
      tip = upstream.commit("commit " + i, Map.of("a.yaml", "a: " + i), tip);
      upstream.push("main", tip);
      mirror.fetch();
    }

    RevisionTree before = mirror.tree(requireNonNull(mirror.accepted()));
    assertThat(mirror.maintain()).isTrue();
    assertThat(mirror.maintain()).isFalse();

    assertThat(text(before)).isEqualTo("a: 51");
    assertThat(text(mirror.tree(requireNonNull(mirror.accepted())))).isEqualTo("a: 51");
    assertThat(mirror.fetch().problems()).isEmpty();
  }

  // A (env), then B (env/prod): Git has no room for both names
  @Test
  void a_branch_may_be_followed_by_one_below_its_name() throws Exception {
    String a = upstream.commit("A");
    upstream.push("env", a);
    mirror.close();
    mirror = open("env");
    assertThat(chosen(mirror.fetch())).isEqualTo(a);
    mirror.close();
    upstream.delete("env");
    String b = upstream.commit("B", a);
    upstream.push("env/prod", b);

    mirror = open("env/prod");
    for (int twice = 0; twice < 2; twice++) {
      Fetched fetched = mirror.fetch();
      assertThat(fetched.problems()).isEmpty();
      assertThat(chosen(fetched)).isEqualTo(b);
    }
    assertThat(mirror.accept(b).id()).isEqualTo(b);
    mirror.close();
    mirror = open("env");
    assertThat(only(mirror.fetch()).code()).isEqualTo("branch-missing");
  }

  private void damagePacks() throws Exception {
    Path packs = folder.resolve("state/repository.git/objects");
    try (Stream<Path> files = Files.walk(packs)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.write(file, new byte[] {1, 2, 3});
      }
    }
  }

  private void reopen() {
    mirror.close();
    mirror = open();
  }

  private static String text(RevisionTree tree) {
    return new String(tree.read(tree.files().get(0), 1000), StandardCharsets.UTF_8);
  }

  private static String chosen(Fetched fetched) {
    return requireNonNull(fetched.chosen()).id();
  }

  private static Problem only(Fetched fetched) {
    assertThat(fetched.problems()).hasSize(1);
    return fetched.problems().get(0);
  }

  private Mirror open() {
    return open("main");
  }

  private Mirror open(String branch) {
    return Mirror.open(
        ModelFixtures.agentSettings(
            upstream.folder().toString(),
            branch,
            new ResourceName("slart"),
            Layout.of(folder.resolve("state").toString(), "/run/fjord"),
            Duration.ofSeconds(30),
            null,
            null,
            Duration.ofSeconds(30),
            Duration.ofSeconds(30)),
        SignaturePolicies::read);
  }
}
