package dev.fjord.source.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fjord.model.Tree;
import dev.fjord.model.Tree.File;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import dev.fjord.source.Upstream;
import dev.fjord.source.Upstream.Entry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.TreeFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RevisionTreeTest {
  @TempDir Path folder;
  private final AtomicInteger damages = new AtomicInteger();
  private Upstream upstream;

  @BeforeEach
  void an_upstream() throws IOException {
    upstream = new Upstream(folder.resolve("slart.git"));
  }

  @AfterEach
  void close() {
    upstream.close();
  }

  @Test
  void lists_regular_files_by_path_and_reads_them() throws Exception {
    RevisionTree tree =
        tree(upstream.commit("A", Map.of("b/c.yaml", "two", "b.yaml", "one", "a/z/q.yaml", "")));
    assertThat(tree.files())
        .extracting(File::path)
        .containsExactly("a/z/q.yaml", "b.yaml", "b/c.yaml");
    assertThat(read(tree, 1, 3)).isEqualTo("one");
    assertThat(read(tree, 0, 0)).isEmpty();
    assertThat(tree.skipped()).isEmpty();
    assertThat(tree(upstream.commit("0", Map.of())).files()).isEmpty();
  }

  @Test
  void links_and_submodules_are_told_and_not_read() throws Exception {
    Map<String, Entry> entries = new HashMap<>();
    entries.put("fjord.yaml", Entry.file("kind: Site"));
    entries.put("partners/linda/secret.yaml", Entry.link("/etc/passwd"));
    entries.put("partners/linda/other", Entry.submodule());
    entries.put(".github/workflow.yaml", Entry.file("on: push"));
    RevisionTree tree = tree(upstream.commitEntries("A", entries));

    assertThat(tree.files()).extracting(File::path).containsExactly("fjord.yaml");
    assertThat(tree.skipped())
        .extracting(Problem::summary)
        .containsExactlyInAnyOrder(
            "'partners/linda/secret.yaml' is not read: it is a symbolic link",
            "'partners/linda/other' is not read: it is a submodule");
    assertThat(tree.skipped()).allMatch(problem -> problem.location() != null);
  }

  @Test
  void a_name_cannot_stand_for_another_files_path() throws Exception {
    RevisionTree tree = tree(handMade("partners/linda.yaml", "..", "ok.yaml", "a\nb.yaml"));
    assertThat(tree.files()).extracting(File::path).containsExactly("ok.yaml");
    assertThat(tree.skipped()).hasSize(3);
    RevisionTree twice = tree(handMade("same.yaml", "same.yaml"));
    assertThat(twice.files()).hasSize(1);
    assertThat(twice.skipped()).hasSize(1);
  }

  @Test
  void too_deep_and_too_long_is_told() throws Exception {
    String deep = "d/".repeat(17) + "a.yaml";
    String deepest = "d/".repeat(16) + "a.yaml";
    String longName = "n".repeat(513);
    RevisionTree tree = tree(upstream.commit("A", Map.of(deep, "", deepest, "", longName, "")));
    assertThat(tree.files()).extracting(File::path).containsExactly(deepest);
    assertThat(tree.skipped()).hasSize(2);
  }

  @Test
  void a_blob_over_the_limit_is_refused_by_its_size_alone() throws Exception {
    RevisionTree tree = tree(upstream.commit("A", Map.of("big.yaml", "x".repeat(3 << 20))));
    assertThatThrownBy(() -> read(tree, 0, 1 << 20))
        .isInstanceOf(ProblemException.class)
        .hasMessage("'big.yaml' has 3145728 bytes; the most that is read is 1048576");
    assertThat(damages).hasValue(0);
  }

  @Test
  void more_files_of_the_site_than_anybody_needs_are_refused() throws Exception {
    Map<String, String> many = files("d%d/f%d", TreeRules.MOST_NAMES);
    String commit = upstream.commit("A", many);
    assertThatThrownBy(() -> tree(commit))
        .hasMessage("the commit holds more than 50,000 files and folders outside of partners' own");
  }

  @Test
  void too_much_in_one_partners_folder_is_that_partners_alone() throws Exception {
    for (String name : List.of("partners/linda/%2$d.%1$d", "partners/linda/d%d/f%d.png")) {
      Map<String, String> many = files(name, 50_000);
      many.put("partners/linda.yaml", "");
      many.put("partners/bob/bob.yaml", "");
      many.put("fjord.yaml", "");
      RevisionTree tree = tree(upstream.commit("A", many));
      assertThat(tree.files())
          .extracting(File::path)
          .containsExactly("fjord.yaml", "partners/bob/bob.yaml", "partners/linda.yaml");
      assertThat(tree.skipped())
          .containsExactly(TreeRules.tooManyOfPartner("partners/linda"))
          .extracting(Problem::summary)
          .containsExactly(
              "'partners/linda' holds more than 5,000 files and folders, the most that one partner"
                  + " may have");
    }
  }

  @Test
  void more_documents_than_are_read_of_a_partner_are_that_partners_alone() throws Exception {
    Map<String, String> many = files("partners/linda/%2$d.%1$d.yaml", 1_001);
    many.put("partners/bob/bob.yaml", "");
    RevisionTree tree = tree(upstream.commit("A", many));
    assertThat(tree.files()).extracting(File::path).containsExactly("partners/bob/bob.yaml");
    assertThat(tree.skipped())
        .extracting(Problem::summary)
        .containsExactly(
            "'partners/linda' holds more than 1,000 YAML files, the most that are read of one"
                + " partner");
  }

  @Test
  void files_of_a_partner_that_are_no_yaml_cost_their_names_alone() throws Exception {
    Map<String, String> many = files("partners/linda/pictures/%2$d.%1$d.png", 4_990);
    many.put("partners/linda/linda.yaml", "");
    RevisionTree tree = tree(upstream.commit("A", many));
    assertThat(tree.files()).extracting(File::path).containsExactly("partners/linda/linda.yaml");
    assertThat(tree.skipped()).isEmpty();
  }

  /** Sixteen trees on disk, and more files than there are atoms. */
  @Test
  void a_folder_that_holds_itself_many_times_ends_early() throws Exception {
    RevisionTree tree = tree(bomb("partners", "linda"));
    assertThat(tree.files()).isEmpty();
    assertThat(tree.skipped()).containsExactly(TreeRules.tooManyOfPartner("partners/linda"));
    String ofAll = bomb("instances");
    assertThatThrownBy(() -> tree(ofAll)).hasMessageContaining("more than 50,000 files");
  }

  @Test
  void a_list_of_names_that_is_too_long_is_not_read() throws Exception {
    try (ObjectInserter inserter = upstream.repository().newObjectInserter()) {
      TreeFormatter names = new TreeFormatter();
      for (int i = 0; i < 20_000; i++) {
        names.append("n".repeat(500) + i, FileMode.TREE, ObjectId.zeroId());
      }
      ObjectId list = inserter.insert(Constants.OBJ_TREE, names.toByteArray());
      RevisionTree tree = tree(commit(inserter, list, "partners", "linda"));
      assertThat(tree.skipped()).containsExactly(TreeRules.tooManyOfPartner("partners/linda"));
      String ofAll = commit(inserter, list, "instances");
      assertThatThrownBy(() -> tree(ofAll)).hasMessageContaining("more than 50,000 files");
    }
  }

  @Test
  void what_is_not_read_is_told_a_hundred_times_and_then_counted() throws Exception {
    Map<String, Entry> entries = new HashMap<>();
    for (int i = 0; i < 150; i++) {
      entries.put("partners/linda/%d/%d.yaml".formatted(i % 10, i), Entry.link("/etc/passwd"));
    }
    List<Problem> skipped = tree(upstream.commitEntries("A", entries)).skipped();
    assertThat(skipped).hasSize(101);
    assertThat(skipped.get(100)).isEqualTo(TreeRules.moreSkipped("partners/linda", 50));
    assertThat(skipped.get(100).summary())
        .isEqualTo("50 more entries of 'partners/linda' are not read");
  }

  @Test
  void partners_who_have_too_much_together_lose_the_largest_until_it_is_less() throws Exception {
    Map<String, String> many = files("partners/p%d/f%d.yaml", 100 * 190);
    many.putAll(files("partners/linda/%2$d.%1$d.yaml", 999));
    Entry none = Entry.file("");
    Map<String, Entry> entries = new HashMap<>();
    many.keySet().forEach(path -> entries.put(path, none));
    entries.put("partners/z/one.yaml", none);
    entries.put("partners/z/two.yaml", none);
    RevisionTree tree = tree(upstream.commitEntries("A", entries));
    assertThat(tree.skipped())
        .containsExactly(TreeRules.tooManyTogether("partners/linda", 999))
        .extracting(Problem::summary)
        .containsExactly(
            "partners' folders hold more than 20,000 files that would be read, and"
                + " 'partners/linda' has the most, 999");
    assertThat(tree.files()).hasSize(100 * 190 + 2);

    // Who had to go may come back as soon as there is room, though nothing of theirs changed.
    entries.remove("partners/z/one.yaml");
    String after = upstream.commitEntries("B", entries);
    RevisionTree next = RevisionTree.of(upstream.repository(), id(after), tree, this::damaged);
    assertThat(next.files()).hasSize(20_000).isEqualTo(tree(after).files());
    assertThat(next.skipped()).isEmpty();
  }

  @Test
  void a_folder_that_did_not_change_is_not_listed_again() throws Exception {
    String a = upstream.commit("A", Map.of("a/1.yaml", "1", "b/2.yaml", "2"));
    String b = upstream.commit("B", Map.of("a/1.yaml", "1", "b/2.yaml", "changed"));
    RevisionTree before = tree(a);
    RevisionTree after = RevisionTree.of(upstream.repository(), id(b), before, this::damaged);
    assertThat(after.files().get(0)).isSameAs(before.files().get(0));
    assertThat(after.files().get(1)).isNotEqualTo(before.files().get(1));
    assertThat(after.files()).isEqualTo(tree(b).files());
  }

  @Test
  void a_missing_object_is_told_to_whoever_can_fetch_it() throws Exception {
    RevisionTree tree = tree(upstream.commit("A"));
    String blob = tree.files().get(0).content();
    Files.delete(
        upstream.folder().resolve("objects/" + blob.substring(0, 2)).resolve(blob.substring(2)));
    assertThatThrownBy(() -> read(tree, 0, 100)).hasMessageContaining("fjord.yaml");
    assertThat(damages).hasValue(1);
    assertThatThrownBy(() -> tree("1".repeat(40))).hasMessageContaining("1".repeat(40));
    assertThat(damages).hasValue(2);
  }

  /** A tree as no honest program writes it. */
  private String handMade(String... names) throws IOException {
    try (ObjectInserter inserter = upstream.repository().newObjectInserter()) {
      ObjectId blob = inserter.insert(Constants.OBJ_BLOB, new byte[0]);
      TreeFormatter tree = new TreeFormatter();
      for (String name : names) {
        byte[] raw = name.getBytes(StandardCharsets.UTF_8);
        tree.append(raw, 0, raw.length, FileMode.REGULAR_FILE, blob, true);
      }
      return commit(inserter, inserter.insert(Constants.OBJ_TREE, tree.toByteArray()));
    }
  }

  /** So many paths, with a number below a hundred and one of their own. */
  private static Map<String, String> files(String path, int count) {
    Map<String, String> files = new HashMap<>();
    for (int i = 0; i < count; i++) {
      files.put(path.formatted(i % 100, i), "");
    }
    return files;
  }

  private String bomb(String... path) throws IOException {
    try (ObjectInserter inserter = upstream.repository().newObjectInserter()) {
      ObjectId below = inserter.insert(Constants.OBJ_BLOB, new byte[0]);
      FileMode mode = FileMode.REGULAR_FILE;
      for (int depth = 0; depth < 12; depth++) {
        TreeFormatter tree = new TreeFormatter();
        for (int i = 0; i < 100; i++) {
          tree.append("x" + i, mode, below);
        }
        below = inserter.insert(Constants.OBJ_TREE, tree.toByteArray());
        mode = FileMode.TREE;
      }
      return commit(inserter, below, path);
    }
  }

  /** A commit with one folder at a path. */
  private static String commit(ObjectInserter inserter, ObjectId folder, String... path)
      throws IOException {
    ObjectId root = folder;
    for (int i = path.length - 1; i >= 0; i--) {
      TreeFormatter tree = new TreeFormatter();
      tree.append(path[i], FileMode.TREE, root);
      root = inserter.insert(Constants.OBJ_TREE, tree.toByteArray());
    }
    CommitBuilder commit = new CommitBuilder();
    commit.setTreeId(root);
    PersonIdent author = new PersonIdent("Linda", "linda@example.org");
    commit.setAuthor(author);
    commit.setCommitter(author);
    commit.setMessage("hand made");
    ObjectId id = inserter.insert(commit);
    inserter.flush();
    return id.name();
  }

  @Test
  void tells_the_latest_commit_that_changed_a_folder() throws Exception {
    String first = upstream.commit("A", Map.of("partners/bob/web.yaml", "web", "x.yaml", "1"));
    String one =
        upstream.commit("B", Map.of("partners/bob/web.yaml", "web2", "x.yaml", "2"), first);
    String two = upstream.commit("C", Map.of("partners/linda/web.yaml", "web2"), one);
    String three =
        upstream.commit(
            "D", Map.of("partners/linda/web.yaml", "web2", "partners/linda/a.yaml", ""), two);

    assertThat(tree(three).latest("partners/bob", "partners/linda", commit -> true))
        .isEqualTo(
            new Tree.Commit(
                List.of(
                    new Tree.Edit("partners/bob/web.yaml", "web2", ""),
                    new Tree.Edit("partners/linda/web.yaml", "", "web2"))));
    assertThat(
            tree(three)
                .latest(
                    "partners/bob",
                    "partners/linda",
                    commit -> commit.edits().get(0).before().equals("web")))
        .isEqualTo(new Tree.Commit(List.of(new Tree.Edit("partners/bob/web.yaml", "web", "web2"))));
    assertThat(tree(three).latest("partners/bob", "partners/linda", commit -> false)).isNull();
    assertThat(tree(three).latest("partners/bo", "partners/linda", commit -> true)).isNull();
  }

  /** The administrator's branch removed bob's; a merged one has brought linda's. */
  @Test
  void what_a_merged_branch_did_is_what_its_merge_did() throws Exception {
    String first = upstream.commit("A", Map.of("partners/bob/web.yaml", "web"));
    String gone = upstream.commit("B", Map.of("partners/bob/x.yaml", ""), first);
    String both = upstream.commit("C", Map.of("partners/linda/web.yaml", "web"), first);
    String merge =
        upstream.commit(
            "D", Map.of("partners/bob/x.yaml", "", "partners/linda/web.yaml", "web"), gone, both);

    assertThat(tree(merge).latest("partners/bob", "partners/linda", commit -> true))
        .as("the commit of the branch itself, in which nothing was given to linda")
        .isEqualTo(
            new Tree.Commit(
                List.of(
                    new Tree.Edit("partners/bob/web.yaml", "web", ""),
                    new Tree.Edit("partners/bob/x.yaml", "", ""))));
  }

  @Test
  void what_is_too_large_to_be_looked_at_is_unknown() throws Exception {
    String first = upstream.commit("A", Map.of("partners/bob/web.yaml", "web"));
    String large = "#".repeat((1 << 20) + 1);
    String second =
        upstream.commit(
            "B", Map.of("partners/bob/y.yaml", large, "partners/linda/web.yaml", ""), first);

    assertThat(tree(second).latest("partners/bob", "partners/linda", commit -> true)).isNull();
  }

  private RevisionTree tree(String commit) {
    return RevisionTree.of(upstream.repository(), id(commit), null, this::damaged);
  }

  private void damaged() {
    damages.incrementAndGet();
  }

  private static ObjectId id(String commit) {
    return ObjectId.fromString(commit);
  }

  private static String read(RevisionTree tree, int file, int limit) {
    List<File> files = tree.files();
    return new String(tree.read(files.get(file), limit), StandardCharsets.UTF_8);
  }
}
