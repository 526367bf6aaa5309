package dev.fjord.source.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
  void more_files_than_anybody_needs_are_refused() throws Exception {
    Map<String, String> many = new HashMap<>();
    for (int i = 0; i <= TreeRules.MOST_FILES; i++) {
      many.put("d" + i % 100 + "/f" + i, "");
    }
    String commit = upstream.commit("A", many);
    assertThatThrownBy(() -> tree(commit)).hasMessageContaining("more than 50000 files");
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
      CommitBuilder commit = new CommitBuilder();
      commit.setTreeId(inserter.insert(Constants.OBJ_TREE, tree.toByteArray()));
      PersonIdent author = new PersonIdent("Linda", "linda@example.org");
      commit.setAuthor(author);
      commit.setCommitter(author);
      commit.setMessage("hand made");
      ObjectId id = inserter.insert(commit);
      inserter.flush();
      return id.name();
    }
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
