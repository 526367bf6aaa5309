package dev.fjord.trust.git;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.build.Golden;
import dev.fjord.load.SignaturePolicies;
import dev.fjord.model.SignaturePolicy;
import dev.fjord.problem.Problem;
import dev.fjord.source.remote.HermeticGit;
import dev.fjord.trust.FirstSeen;
import dev.fjord.trust.git.SignedSite.Trusted;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.lib.ObjectId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Histories by the real git, and what is trusted of them. Drawn left to right; B is the base. */
class CommitCheckTest {
  private static final Instant NOW = Instant.parse("2026-12-01T12:00:00Z");
  private static final Trusted ARTHUR = Trusted.of("arthur", "**");
  private static final Trusted LINDA = Trusted.of("linda", "partners/linda/**");
  private static final Trusted BOB = Trusted.of("bob", "partners/bob/**");

  @TempDir Path folder;
  private SignedSite site;
  private String base = "";

  @BeforeEach
  void a_site_of_three_signers() throws Exception {
    site = new SignedSite(folder).ssh("arthur").ssh("linda").ssh("bob").ssh("mallory");
    site.write("fjord.yaml", site.site(ARTHUR, LINDA, BOB));
    site.write("partners/linda/linda.yaml", "linda: 1\n");
    site.write("partners/bob/bob.yaml", "bob: 1\n");
    base = site.commit("arthur");
  }

  @AfterEach
  void close() {
    site.close();
  }

  // B--L--A
  @Test
  void trusts_what_signers_change_within_their_paths() throws Exception {
    site.write("partners/linda/linda.yaml", "linda: 2\n").commit("linda");
    site.write("hosts/slart.yaml", "host\n");
    String tip = site.commit("arthur");

    assertThat(judged(tip)).isEmpty();
  }

  // B--U
  @Test
  void refuses_what_is_not_signed() throws Exception {
    site.write("partners/linda/linda.yaml", "linda: 2\n");
    String tip = site.commit(null);

    assertThat(codes(tip)).containsExactly("commit-unsigned");
    Golden.matches("trust/unsigned.txt", said(tip));
  }

  // B--U--A   what is on top of it mends nothing
  @Test
  void refuses_what_is_not_signed_below_what_is() throws Exception {
    site.write("partners/linda/linda.yaml", "linda: 2\n").commit(null);
    site.git("revert", "--no-commit", "HEAD");
    String tip = site.commit("arthur");

    assertThat(codes(tip)).containsExactly("commit-unsigned");
  }

  // B--M
  @Test
  void refuses_a_key_of_nobody() throws Exception {
    site.write("partners/linda/linda.yaml", "linda: 2\n");
    String tip = site.commit("mallory");

    assertThat(codes(tip)).containsExactly("commit-signer-unknown");
    assertThat(said(tip)).contains("SHA256:");
  }

  // B--L
  @Test
  void refuses_a_path_that_is_not_the_signers() throws Exception {
    site.write("partners/linda/linda.yaml", "linda: 2\n");
    site.write("partners/bob/bob.yaml", "bob: 2\n");
    site.write("partners/bob/more.yaml", "bob: 2\n");
    String tip = site.commit("linda");

    assertThat(codes(tip)).containsExactly("commit-out-of-path");
    Golden.matches("trust/out-of-path.txt", said(tip));
  }

  @Test
  void refuses_to_rename_a_file_into_or_out_of_anothers_folder() throws Exception {
    site.git("mv", "partners/linda/linda.yaml", "partners/bob/linda.yaml");
    assertThat(codes(site.commit("linda"))).containsExactly("commit-out-of-path");

    site.git("reset", "-q", "--hard", base);
    site.git("mv", "partners/bob/bob.yaml", "partners/linda/bob.yaml");
    assertThat(codes(site.commit("linda"))).containsExactly("commit-out-of-path");
  }

  @Test
  void refuses_to_change_a_mode_or_to_put_a_link_or_a_file_in_the_place_of_a_folder()
      throws Exception {
    site.git("update-index", "--chmod=+x", "partners/bob/bob.yaml");
    assertThat(codes(site.committed("linda", "commit", "-q", "-m", "m")))
        .containsExactly("commit-out-of-path");

    site.git("reset", "-q", "--hard", base);
    site.git("rm", "-q", "-r", "partners/bob");
    Files.createSymbolicLink(site.folder().resolve("partners/bob"), Path.of("linda"));
    assertThat(said(site.commit("linda"))).contains("partners/bob/bob.yaml and 1 more");

    // A pattern of what is below a folder is none of the folder itself.
    site.git("reset", "-q", "--hard", base);
    site.git("rm", "-q", "-r", "partners/linda");
    Files.createSymbolicLink(site.folder().resolve("partners/linda"), Path.of("bob"));
    assertThat(said(site.commit("linda"))).contains("changes partners/linda,");
  }

  @Test
  void refuses_names_that_only_look_like_the_signers_own() throws Exception {
    site.write("partners/Linda/linda.yaml", "linda: 2\n");
    assertThat(codes(site.commit("linda"))).containsExactly("commit-out-of-path");

    site.git("reset", "-q", "--hard", base);
    site.write("partners/lindа/linda.yaml", "the last letter is Cyrillic\n");
    assertThat(codes(site.commit("linda"))).containsExactly("commit-out-of-path");
  }

  // B--L(adds mallory's key to the Site)--M
  @Test
  void a_partner_makes_nobody_a_signer() throws Exception {
    site.write("fjord.yaml", site.site(ARTHUR, LINDA, BOB, Trusted.of("mallory", "**")));
    site.commit("linda");
    site.write("hosts/slart.yaml", "mine\n");
    String tip = site.commit("mallory");

    // What a refused commit says of signers counts for nothing.
    assertThat(codes(tip)).containsExactly("commit-out-of-path", "commit-signer-unknown");
  }

  // B--M   the commit that brings a key is signed by it
  @Test
  void nobody_brings_a_key_by_a_commit_that_it_signs() throws Exception {
    site.write("fjord.yaml", site.site(ARTHUR, Trusted.of("mallory", "**")));
    String tip = site.commit("mallory");

    assertThat(codes(tip)).containsExactly("commit-signer-unknown");
  }

  // B--A(rotates linda's key)--L(by the new one)   pushed together or apart
  @Test
  void a_rotated_key_counts_from_the_next_commit_on() throws Exception {
    String old = site.publicKey("linda");
    site.ssh("linda2").known("linda", site.publicKey("linda2"));
    site.write("fjord.yaml", site.site(ARTHUR, LINDA, BOB));
    String rotated = site.commit("arthur");
    site.write("partners/linda/linda.yaml", "linda: 2\n");
    String tip = site.commit("linda2");

    assertThat(judged(tip)).isEmpty();
    assertThat(judged(rotated, tip, FirstSeen.always(NOW))).isEmpty();

    // B--A--L(by the old one)
    site.git("reset", "-q", "--hard", rotated);
    site.known("linda", old).write("partners/linda/linda.yaml", "linda: 3\n");
    assertThat(codes(site.commit("linda"))).containsExactly("commit-signer-unknown");
  }

  //    L
  //   / \
  // B--R--M     R revokes linda's key; she signed L before, and it is merged afterwards
  @Test
  void a_side_branch_is_judged_by_where_it_is_merged() throws Exception {
    site.git("checkout", "-q", "-b", "side");
    site.write("partners/linda/linda.yaml", "linda: 2\n").commit("linda");
    site.git("checkout", "-q", "main");
    site.write("fjord.yaml", site.site(ARTHUR, LINDA.with("revoked: 2026-11-30"), BOB));
    site.commit("arthur");
    String tip = site.committed("arthur", "merge", "-q", "--no-ff", "-m", "Merge", "side");

    assertThat(codes(tip)).containsExactly("commit-key-revoked");
    Golden.matches("trust/revoked.txt", said(tip));
  }

  @Test
  void a_key_counts_by_when_a_commit_was_seen_and_not_by_its_date() throws Exception {
    site.write(
        "fjord.yaml",
        site.site(ARTHUR, LINDA.with("until: 2026-11-30"), BOB.with("from: 2026-12-02")));
    String from = site.commit("arthur");
    site.write("partners/linda/linda.yaml", "linda: 2\n");
    site.git("add", "-A");
    // Backdated by whoever has the key.
    String tip =
        site.committed("linda", "commit", "-q", "-m", "m", "--date", "2026-11-01T00:00:00Z");

    assertThat(codes(judged(from, tip, FirstSeen.always(NOW))))
        .containsExactly("commit-key-expired");
    assertThat(judged(from, tip, FirstSeen.always(Instant.parse("2026-11-30T23:59:59Z"))))
        .as("the day itself is one of those on which it counts")
        .isEmpty();
    site.write("partners/bob/bob.yaml", "bob: 2\n");
    assertThat(codes(judged(tip, site.commit("bob"), FirstSeen.always(NOW))))
        .containsExactly("commit-key-early");
  }

  //    L
  //   / \
  // B--A--M
  @Test
  void trusts_a_clean_merge_by_whom_it_concerns_or_not() throws Exception {
    site.git("checkout", "-q", "-b", "side");
    site.write("partners/linda/linda.yaml", "linda: 2\n").commit("linda");
    site.git("checkout", "-q", "main");
    site.write("partners/bob/bob.yaml", "bob: 2\n").commit("bob");
    site.write("hosts/slart.yaml", "host\n").commit("arthur");

    assertThat(judged(site.committed("linda", "merge", "-q", "-m", "Merge", "side"))).isEmpty();
    // The other way round: main is merged into her branch, and main follows that.
    site.git("checkout", "-q", "side");
    String foxtrot = site.committed("linda", "merge", "-q", "-m", "Merge", "main");
    assertThat(judged(foxtrot)).isEmpty();
  }

  @Test
  void refuses_a_merge_that_smuggles_a_change() throws Exception {
    site.git("checkout", "-q", "-b", "side");
    site.write("partners/linda/linda.yaml", "linda: 2\n").commit("linda");
    site.git("checkout", "-q", "main");
    site.write("hosts/slart.yaml", "host\n").commit("arthur");
    site.git("merge", "-q", "--no-ff", "--no-commit", "side");
    site.write("partners/bob/bob.yaml", "evil\n");
    site.git("add", "-A");
    String tip = site.committed("linda", "commit", "-q", "-m", "Merge");

    assertThat(codes(tip)).containsExactly("commit-out-of-path");
    Golden.matches("trust/evil-merge.txt", said(tip));
  }

  // What a merge takes from a side that never changed it brings an older state back.
  @Test
  void refuses_a_merge_that_takes_somebody_elses_change_back() throws Exception {
    site.git("checkout", "-q", "-b", "side");
    site.write("partners/linda/linda.yaml", "linda: 2\n").commit("linda");
    site.git("checkout", "-q", "main");
    site.write("partners/bob/bob.yaml", "bob: 2\n").commit("bob");
    site.git("merge", "-q", "--no-ff", "--no-commit", "side");
    site.write("partners/bob/bob.yaml", "bob: 1\n");
    site.git("add", "-A");
    String tip = site.committed("linda", "commit", "-q", "-m", "Merge");

    assertThat(said(tip)).contains("partners/bob/bob.yaml");
    assertThat(codes(tip)).containsExactly("commit-out-of-path");
  }

  @Test
  void whoever_merges_what_both_sides_changed_answers_for_it() throws Exception {
    site.git("checkout", "-q", "-b", "side");
    site.write("partners/bob/bob.yaml", "bob: side\n").commit("bob");
    site.git("checkout", "-q", "main");
    site.write("partners/bob/bob.yaml", "bob: main\n").commit("bob");
    site.write("partners/linda/linda.yaml", "linda: 2\n");
    String before = site.commit("linda");

    String[] merge = {"merge", "-q", "-m", "Merge", "-X", "theirs", "side"};
    assertThat(codes(site.committed("linda", merge))).containsExactly("commit-out-of-path");
    site.git("reset", "-q", "--hard", before);
    assertThat(judged(site.committed("bob", merge))).isEmpty();
  }

  @Test
  void refuses_a_merge_by_somebody_unknown_though_all_that_it_merges_is_signed() throws Exception {
    site.git("checkout", "-q", "-b", "side");
    site.write("partners/linda/linda.yaml", "linda: 2\n").commit("linda");
    site.git("checkout", "-q", "main");
    assertThat(codes(site.committed(null, "merge", "-q", "--no-ff", "-m", "Merge", "side")))
        .containsExactly("commit-unsigned");
  }

  //   L
  //  / \
  // B---M
  //  \ /
  //   O     an octopus
  @Test
  void looks_through_an_octopus() throws Exception {
    site.git("checkout", "-q", "-b", "one");
    site.write("partners/linda/linda.yaml", "linda: 2\n").commit("linda");
    site.git("checkout", "-q", "-b", "two", "main");
    site.write("partners/bob/bob.yaml", "bob: 2\n").commit("bob");
    site.git("checkout", "-q", "main");
    site.write("hosts/slart.yaml", "host\n").commit("arthur");
    String tip = site.committed("linda", "merge", "-q", "-m", "Octopus", "one", "two");
    assertThat(site.git("cat-file", "-p", tip).lines().filter(l -> l.startsWith("parent")))
        .hasSize(3);
    assertThat(judged(tip)).isEmpty();

    // The same with a change of her own in bob's folder.
    String tree = treeWith("partners/bob/bob.yaml", "evil\n");
    String evil = signedCommit("linda", tree, site.git("show", "-s", "--format=%P", tip));
    assertThat(codes(evil)).containsExactly("commit-out-of-path");
  }

  @Test
  void looks_through_a_criss_cross() throws Exception {
    site.git("checkout", "-q", "-b", "side");
    site.write("partners/linda/linda.yaml", "linda: 2\n");
    String l = site.commit("linda");
    site.git("checkout", "-q", "main");
    site.write("partners/bob/bob.yaml", "bob: 2\n");
    String b = site.commit("bob");
    site.committed("bob", "merge", "-q", "-m", "One", l);
    site.write("hosts/slart.yaml", "host\n").commit("arthur");
    site.git("checkout", "-q", "side");
    site.committed("linda", "merge", "-q", "-m", "Other", b);
    site.write("partners/linda/more.yaml", "linda: 3\n").commit("linda");
    site.git("checkout", "-q", "main");
    String tip = site.committed("linda", "merge", "-q", "-m", "Cross", "side");
    assertThat(site.git("merge-base", "--all", tip + "^1", tip + "^2").lines()).hasSize(2);

    assertThat(judged(tip)).isEmpty();
    String tree = treeWith("partners/bob/bob.yaml", "bob: 1\n");
    String evil = signedCommit("linda", tree, site.git("show", "-s", "--format=%P", tip));
    assertThat(codes(evil)).containsExactly("commit-out-of-path");
  }

  @Test
  void refuses_to_revert_what_somebody_else_did() throws Exception {
    site.write("partners/bob/bob.yaml", "bob: 2\n").commit("bob");
    assertThat(codes(site.committed("linda", "revert", "--no-edit", "HEAD")))
        .containsExactly("commit-out-of-path");
  }

  @Test
  void an_unrelated_history_answers_for_all_that_it_holds() throws Exception {
    site.git("checkout", "-q", "--orphan", "other");
    site.git("rm", "-q", "-r", "-f", ".");
    site.write("partners/linda/other.yaml", "linda\n").commit("linda");
    site.git("checkout", "-q", "main");
    String[] merge = {"merge", "-q", "--allow-unrelated-histories", "-m", "Merge", "other"};
    assertThat(judged(site.committed("linda", merge))).isEmpty();

    site.git("checkout", "-q", "other");
    site.write("partners/bob/other.yaml", "bob\n").commit("linda");
    site.git("checkout", "-q", "main");
    assertThat(codes(site.committed("linda", merge))).containsExactly("commit-out-of-path");
  }

  @Test
  void refuses_what_does_not_continue_the_base() throws Exception {
    site.git("checkout", "-q", "--orphan", "other");
    String other = site.commit("arthur");

    assertThat(codes(other)).containsExactly("commits-elsewhere");
    assertThat(codes(judged(site.commit("arthur"), base, FirstSeen.always(NOW))))
        .containsExactly("commits-elsewhere");
  }

  /** The signed bytes are the same: only whoever reads the parents is deceived. */
  @Test
  void refuses_a_signature_that_hides_parents() throws Exception {
    site.write("partners/linda/linda.yaml", "linda: 2\n");
    String good = site.commit("linda");
    String text = site.text(good);
    int from = text.indexOf("gpgsig ");
    int to = text.indexOf("-----END SSH SIGNATURE-----\n") + 28;
    String signature = text.substring(from, to);
    String rest = text.substring(0, from) + text.substring(to);
    int parent = rest.indexOf("parent ");
    String moved = rest.substring(0, parent) + signature + rest.substring(parent);
    String hidden = site.raw(moved);

    assertThat(site.isGoodToGit(good)).isTrue();
    assertThat(site.isGoodToGit(hidden)).as("git sees the same bytes").isTrue();
    assertThat(site.git("log", "--format=%P", "-1", hidden)).isBlank();
    assertThat(
            codes(
                signedCommit(
                    "arthur", site.git("rev-parse", base + "^{tree}"), base + " " + hidden)))
        .contains("commit-malformed");
  }

  @Test
  void a_replacement_changes_nothing() throws Exception {
    site.write("partners/linda/linda.yaml", "linda: 2\n");
    String bad = site.commit(null);
    site.git("reset", "-q", "--hard", base);
    site.write("partners/linda/linda.yaml", "linda: 2\n");
    String good = site.commit("linda");
    site.git("replace", bad, good);
    assertThat(site.isGoodToGit(bad)).as("git looks at what replaces it").isTrue();

    assertThat(codes(bad)).containsExactly("commit-unsigned");
  }

  @Test
  void a_graft_changes_nothing() throws Exception {
    site.write("partners/linda/linda.yaml", "linda: 2\n");
    String bad = site.commit(null);
    site.write("partners/linda/linda.yaml", "linda: 3\n");
    String tip = site.commit("linda");
    Files.writeString(site.folder().resolve(".git/info/grafts"), tip + " " + base + "\n");
    assertThat(site.git("rev-list", base + ".." + tip)).doesNotContain(bad);

    assertThat(codes(tip)).containsExactly("commit-unsigned");
  }

  @Test
  void misses_what_a_shallow_clone_has_not() throws Exception {
    site.write("partners/linda/linda.yaml", "linda: 2\n").commit(null);
    site.write("partners/linda/linda.yaml", "linda: 3\n");
    String tip = site.commit("linda");
    Path shallow = folder.resolve("shallow");
    site.run("git", "clone", "-q", "--depth", "1", "file://" + site.folder(), shallow.toString());
    site.run("git", "-C", shallow.toString(), "fetch", "-q", "--depth", "1", "origin", base);

    var problems = judged(shallow.resolve(".git"), base, tip, FirstSeen.always(NOW));
    assertThat(codes(problems)).containsExactly("commits-missing");
    assertThat(problems.get(0).hint()).contains("--unshallow");
  }

  @Test
  void a_tag_is_no_commit() throws Exception {
    site.git(
        "-c",
        "gpg.format=ssh",
        "-c",
        "user.signingkey=" + site.key("arthur") + ".pub",
        "tag",
        "-s",
        "-m",
        "tag",
        "v1");
    String tag = site.git("rev-parse", "v1").strip();
    assertThat(codes(judged(base, tag, FirstSeen.always(NOW)))).isNotEmpty();

    // As a parent, in the place of one.
    String tree = site.git("rev-parse", base + "^{tree}").strip();
    String odd =
        site.raw(
            "tree "
                + tree
                + "\nparent "
                + tag
                + "\nauthor A <a@b> 1 +0000\n"
                + "committer A <a@b> 1 +0000\n\nm\n");
    assertThat(codes(odd)).isNotEmpty();
  }

  @Test
  void carries_on_with_the_last_policy_that_could_be_read() throws Exception {
    site.write("fjord.yaml", "spec: [\n");
    String broken = site.commit("arthur");
    assertThat(codes(broken)).isNotEmpty();

    site.write("fjord.yaml", site.site(ARTHUR, LINDA, BOB, Trusted.of("mallory", "**")));
    assertThat(judged(site.commit("arthur"))).as("mended").isEmpty();
    site.git("reset", "-q", "--hard", broken);
    site.write("fjord.yaml", site.site(ARTHUR, LINDA, BOB, Trusted.of("mallory", "**")));
    assertThat(codes(site.commit("mallory"))).containsExactly("commit-signer-unknown");
  }

  @Test
  void signatures_may_be_switched_off_by_a_signer_of_the_site_alone() throws Exception {
    String off = site.site(ARTHUR, LINDA, BOB).replace("spec:\n", "spec:\n  signatures: off\n");
    site.write("fjord.yaml", off);
    assertThat(codes(site.commit("linda"))).containsExactly("commit-out-of-path");

    site.git("reset", "-q", "--hard", base);
    site.write("fjord.yaml", off).commit("arthur");
    site.write("partners/bob/bob.yaml", "bob: 2\n");
    assertThat(judged(site.commit(null))).isEmpty();
  }

  // O--R--U   from R on signatures are required, and whoever made U may not take that back
  @Test
  void what_was_required_between_two_looks_counts_as_if_each_was_looked_at() throws Exception {
    String required = site.site(ARTHUR, LINDA, BOB);
    String off = required.replace("spec:\n", "spec:\n  signatures: off\n");
    String without = site.write("fjord.yaml", off).commit("arthur");
    site.write("fjord.yaml", required).commit("arthur");
    String tip = site.write("fjord.yaml", off).commit(null);

    assertThat(codes(judged(without, tip, FirstSeen.always(NOW))))
        .containsExactly("commit-unsigned");
  }

  /** Ten trees of a hundred names, which are ten to the twentieth paths. */
  @Test
  void a_tree_that_holds_itself_over_and_over_costs_an_end() throws Exception {
    String blob = site.git("rev-parse", base + ":partners/linda/linda.yaml").strip();
    String entry = "100644 blob " + blob;
    for (int depth = 0; depth < 10; depth++) {
      StringBuilder list = new StringBuilder();
      for (int i = 100; i < 200; i++) {
        list.append(entry).append("\tx").append(i).append('\n');
      }
      entry = "040000 tree " + site.tree(list.toString());
    }
    String partners =
        site.tree(
            entry
                + "\tlinda\n"
                + site.git("ls-tree", base, "partners/bob").replace("partners/", ""));
    String tree =
        site.tree(
            site.git("ls-tree", base, "fjord.yaml") + "040000 tree " + partners + "\tpartners\n");

    assertThat(codes(signedCommit("linda", tree, base))).containsExactly("commit-malformed");
  }

  @Test
  void stops_after_a_hundred_refusals() throws Exception {
    String tree = site.git("rev-parse", base + "^{tree}").strip();
    String tip = base;
    for (int i = 0; i < 120; i++) {
      tip =
          site.raw(
              "tree %s\nparent %s\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nm\n"
                  .formatted(tree, tip));
    }
    List<Problem> problems = judged(tip);
    assertThat(problems).hasSize(101);
    assertThat(problems.get(0).summary()).contains("100 commits are refused");
  }

  // What the helper functions are.

  /** The id of a tree like the one of the work tree, with one file of another content. */
  private String treeWith(String path, String content) throws Exception {
    site.write(path, content);
    site.git("add", "-A");
    String tree = site.git("write-tree").strip();
    site.git("reset", "-q", "--hard");
    return tree;
  }

  /** A signed commit of any tree and parents. */
  private String signedCommit(String who, String tree, String parents) {
    List<String> words =
        new ArrayList<>(
            List.of("-c", "gpg.format=ssh", "-c", "user.signingkey=" + site.key(who) + ".pub"));
    words.addAll(List.of("commit-tree", "-S", "-m", "m", tree.strip()));
    for (String parent : parents.strip().split(" ", -1)) {
      words.addAll(List.of("-p", parent));
    }
    return site.git(words.toArray(String[]::new)).strip();
  }

  private List<Problem> judged(String tip) throws Exception {
    return judged(base, tip, FirstSeen.always(NOW));
  }

  private List<Problem> judged(String from, String tip, FirstSeen seen) throws Exception {
    return judged(site.folder().resolve(".git"), from, tip, seen);
  }

  private static List<Problem> judged(
      Path repository, @Nullable String from, String tip, FirstSeen seen) throws Exception {
    try (var git = HermeticGit.open(repository);
        var check = new CommitCheck(git, SignaturePolicies::read, List.of(), seen)) {
      var result =
          check.judge(
              from == null ? null : ObjectId.fromString(from),
              ObjectId.fromString(tip),
              SignaturePolicy.NONE);
      assertThat(result.isTrusted()).isEqualTo(result.all().isEmpty());
      return result.all();
    }
  }

  private List<String> codes(String tip) throws Exception {
    return codes(judged(tip));
  }

  private static List<String> codes(List<Problem> problems) {
    return problems.stream().map(Problem::code).toList();
  }

  /** What is said, with the ids of commits and keys as they are each time. */
  private String said(String tip) throws Exception {
    StringBuilder text = new StringBuilder();
    for (Problem problem : judged(tip)) {
      text.append(problem.code()).append('\n').append("  ").append(problem.summary()).append('\n');
      if (problem.detail() != null) {
        text.append("  detail: ").append(problem.detail()).append('\n');
      }
      text.append("  hint: ").append(problem.hint()).append('\n');
    }
    return text.toString()
        .replaceAll("commit [0-9a-f]{12}", "commit COMMIT")
        .replaceAll("SHA256:[A-Za-z0-9+/]{43}", "SHA256:KEY");
  }
}
