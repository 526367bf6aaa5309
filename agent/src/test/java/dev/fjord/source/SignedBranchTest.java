package dev.fjord.source;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.load.AgentSettingsLoader;
import dev.fjord.load.SignaturePolicies;
import dev.fjord.model.AgentSettings;
import dev.fjord.problem.Problem;
import dev.fjord.trust.git.SignedSite;
import dev.fjord.trust.git.SignedSite.Trusted;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which commit is followed where signatures are asked for. Histories are drawn left to right. */
class SignedBranchTest {
  private static final Trusted ARTHUR = Trusted.of("arthur", "**");
  private static final Trusted LINDA = Trusted.of("linda", "partners/linda/**");

  @TempDir Path folder;
  private SignedSite site;
  private String settings = "";

  @BeforeEach
  void a_site() throws Exception {
    site = new SignedSite(folder).ssh("arthur").ssh("linda");
    site.write("fjord.yaml", site.site(ARTHUR, LINDA));
  }

  @AfterEach
  void close() {
    site.close();
  }

  // A--U        U is not signed
  //  \
  //   B         pushed by force in its place
  @Test
  void stays_at_the_last_good_one_until_the_bad_one_is_taken_back() throws Exception {
    String a = site.commit("arthur");
    try (Mirror mirror = open()) {
      assertThat(chosen(mirror.fetch())).isEqualTo(a);
      String u = site.write("x", "1").commit(null);

      for (int twice = 0; twice < 2; twice++) {
        Fetched refused = mirror.fetch();
        assertThat(chosen(refused)).isEqualTo(a);
        assertThat(refused.answered()).as("the server is not to blame").isTrue();
        assertThat(codes(refused)).containsExactly("commit-unsigned", "revision-untrusted");
        assertThat(refused.problems().get(1).summary())
            .contains(u.substring(0, 12), a.substring(0, 12) + " stays");
      }
      // Not even with something good on top.
      site.write("x", "2").commit("arthur");
      assertThat(codes(mirror.fetch())).containsExactly("commit-unsigned", "revision-untrusted");

      site.git("reset", "-q", "--hard", a);
      String b = site.write("x", "3").commit("arthur");
      Fetched good = mirror.fetch();
      assertThat(codes(good)).isEmpty();
      assertThat(chosen(good)).isEqualTo(b);
    }
  }

  @Test
  void whoever_has_the_host_may_vouch() throws Exception {
    site.commit("arthur");
    try (Mirror mirror = open()) {
      mirror.fetch();
      String u = site.write("x", "1").commit(null);
      assertThat(codes(mirror.fetch())).contains("revision-untrusted");

      assertThat(mirror.accept(u.substring(0, 12)).id()).isEqualTo(u);
      assertThat(codes(mirror.fetch())).isEmpty();
      assertThat(chosen(mirror.fetch())).isEqualTo(u);
      site.write("x", "2").commit(null);
      assertThat(codes(mirror.fetch())).as("what comes after it").contains("commit-unsigned");
    }
  }

  @Test
  void many_refusals_are_counted() throws Exception {
    site.commit("arthur");
    try (Mirror mirror = open()) {
      mirror.fetch();
      for (int i = 0; i < 13; i++) {
        site.write("x", "" + i).commit(null);
      }
      List<Problem> problems = mirror.fetch().problems();
      assertThat(problems).hasSize(12);
      assertThat(problems.get(10).summary()).isEqualTo("3 more commits are refused");
    }
  }

  @Test
  void does_not_follow_a_branch_back_nor_to_another_history_however_well_it_is_signed()
      throws Exception {
    String a = site.commit("arthur");
    String b = site.write("x", "1").commit("arthur");
    try (Mirror mirror = open()) {
      mirror.fetch();
      site.git("reset", "-q", "--hard", a);
      assertThat(codes(mirror.fetch())).as("a replay").containsExactly("rewritten-history");
      site.git("checkout", "-q", "--orphan", "other");
      site.commit("arthur");
      site.git("branch", "-f", "main", "other");
      assertThat(codes(mirror.fetch())).containsExactly("rewritten-history");
      assertThat(chosen(mirror.fetch())).isEqualTo(b);
    }
  }

  // The first look.

  @Test
  void without_settings_the_first_revision_is_trusted_as_it_is() throws Exception {
    String unsigned = site.commit(null);
    try (Mirror mirror = open()) {
      assertThat(chosen(mirror.fetch())).isEqualTo(unsigned);
      site.write("x", "1").commit(null);
      assertThat(codes(mirror.fetch())).contains("commit-unsigned");
    }
  }

  @Test
  void with_signers_in_the_settings_the_first_revision_has_to_be_theirs() throws Exception {
    settings = "signers:\n" + site.signerYaml(ARTHUR);
    site.commit(null);
    try (Mirror mirror = open()) {
      Fetched nothing = mirror.fetch();
      assertThat(nothing.chosen()).isNull();
      assertThat(codes(nothing)).containsExactly("commit-unsigned", "revision-untrusted");
      assertThat(nothing.problems().get(1).summary()).contains("nothing is followed");

      // By one of the repository's own signers, whom the settings do not know.
      site.write("partners/linda/linda.yaml", "1").commit("linda");
      assertThat(codes(mirror.fetch())).contains("commit-signer-unknown");

      String good = site.write("x", "1").commit("arthur");
      assertThat(chosen(mirror.fetch())).isEqualTo(good);
      // From then on those of the repository count.
      site.write("partners/linda/linda.yaml", "2").commit("linda");
      assertThat(codes(mirror.fetch())).isEmpty();
    }
  }

  @Test
  void with_signers_in_the_settings_the_repository_cannot_do_without() throws Exception {
    settings = "signers:\n" + site.signerYaml(ARTHUR);
    site.commit("arthur");
    try (Mirror mirror = open()) {
      mirror.fetch();
      site.write("fjord.yaml", site.site()).commit("arthur");
      assertThat(codes(mirror.fetch())).isEmpty();
      site.write("x", "1").commit(null);
      assertThat(codes(mirror.fetch())).contains("commit-unsigned");
      site.git("reset", "-q", "--hard", "HEAD^");
      site.write("x", "1").commit("arthur");
      assertThat(codes(mirror.fetch())).isEmpty();
    }
  }

  @Test
  void signers_come_into_force_with_the_commit_that_names_them() throws Exception {
    site.write("fjord.yaml", site.site()).commit(null);
    try (Mirror mirror = open()) {
      mirror.fetch();
      site.write("fjord.yaml", site.site(ARTHUR)).commit(null);
      site.write("x", "1").commit("arthur");
      assertThat(codes(mirror.fetch())).as("seen together").isEmpty();
      site.write("x", "2").commit(null);
      assertThat(codes(mirror.fetch())).contains("commit-unsigned");
    }
  }

  // When commits were seen.

  @Test
  void a_revocation_counts_from_when_a_commit_was_first_seen() throws Exception {
    site.commit("arthur");
    Instant old = Instant.now().minus(Duration.ofDays(3));
    try (Mirror mirror = open()) {
      mirror.fetch();
    }
    String linda = site.write("partners/linda/linda.yaml", "1").commit("linda");
    site.write("x", "1").commit(null);
    try (Mirror mirror = open()) {
      assertThat(codes(mirror.fetch())).contains("commit-unsigned");
    }
    Path seen = folder.resolve("state/seen-commits");
    assertThat(Files.readString(seen)).startsWith("fjord-seen-commits 1\n").contains(linda);
    // Linda's commit was seen three days ago; her key is revoked since one.
    Files.writeString(
        seen,
        Files.readString(seen).replaceAll(linda + " [0-9]+", linda + " " + old.getEpochSecond()));
    site.git("reset", "-q", "--hard", linda + "^");
    String since = Instant.now().minus(Duration.ofDays(1)).toString().substring(0, 10);
    site.write("fjord.yaml", site.site(ARTHUR, LINDA.with("revoked: " + since)));
    site.commit("arthur");
    site.committed("arthur", "merge", "-q", "--no-ff", "-m", "Merge", linda);
    try (Mirror mirror = open()) {
      assertThat(codes(mirror.fetch())).isEmpty();
      site.git("checkout", "-q", "-b", "side", linda);
      String late = site.write("partners/linda/linda.yaml", "2").commit("linda");
      site.git("checkout", "-q", "main");
      site.committed("arthur", "merge", "-q", "--no-ff", "-m", "Merge", late);
      assertThat(codes(mirror.fetch())).containsExactly("commit-key-revoked", "revision-untrusted");
    }
  }

  @Test
  void a_record_that_cannot_be_read_is_no_empty_one() throws Exception {
    String a = site.commit("arthur");
    try (Mirror mirror = open()) {
      mirror.fetch();
      Files.writeString(folder.resolve("state/seen-commits"), "fjord-seen-commits 2\n");
      site.write("x", "1").commit("arthur");
      Fetched fetched = mirror.fetch();
      assertThat(codes(fetched)).contains("memory-unreadable");
      assertThat(chosen(fetched)).isEqualTo(a);
    }
  }

  private Mirror open() {
    AgentSettings read =
        AgentSettingsLoader.load(
                "agent.yaml",
                """
                repository: %s
                stateDirectory: %s
                runDirectory: /run/fjord
                %s\
                """
                    .formatted(site.folder(), folder.resolve("state"), settings)
                    .getBytes(StandardCharsets.UTF_8),
                "slart")
            .orThrow();
    return Mirror.open(read, SignaturePolicies::read);
  }

  private static String chosen(Fetched fetched) {
    return requireNonNull(fetched.chosen()).id();
  }

  private static List<String> codes(Fetched fetched) {
    return fetched.problems().stream().map(Problem::code).toList();
  }
}
