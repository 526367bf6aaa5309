package dev.fjord.source.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fjord.model.Tree.File;
import dev.fjord.problem.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderTreeTest {
  @TempDir Path folder;

  @Test
  void lists_regular_files_by_path_and_reads_them() throws Exception {
    write("b/c.yaml", "two");
    write("b.yaml", "one");
    write("a.yaml", "one");
    write(".git/config", "hidden");
    write("b/.hidden.yaml", "hidden");

    FolderTree tree = FolderTree.of(folder);

    assertThat(tree.revision()).isEqualTo("folder");
    assertThat(tree.files()).extracting(File::path).containsExactly("a.yaml", "b.yaml", "b/c.yaml");
    assertThat(tree.files().get(0).content())
        .isEqualTo(tree.files().get(1).content())
        .isNotEqualTo(tree.files().get(2).content());
    assertThat(tree.read(tree.files().get(2), 3)).asString().isEqualTo("two");
    assertThatThrownBy(() -> tree.read(tree.files().get(2), 2))
        .hasMessage("'b/c.yaml' has 3 bytes; the most that is read is 2");
  }

  @Test
  void keeps_to_the_limits_of_a_commit() throws Exception {
    write("fjord.yaml", "one");
    write("partners/bob/bob.yaml", "one");
    write("partners/bob/picture.png", "two");
    for (int i = 0; i <= TreeRules.MOST_NAMES_OF_PARTNER; i++) {
      write("partners/linda/" + i, "");
    }
    FolderTree tree = FolderTree.of(folder);
    assertThat(tree.files())
        .extracting(File::path)
        .containsExactly("fjord.yaml", "partners/bob/bob.yaml");
    assertThat(tree.skipped()).containsExactly(TreeRules.tooManyOfPartner("partners/linda"));
  }

  @Test
  void what_is_no_yaml_is_not_read_to_be_listed() throws Exception {
    write("setup.sh", "one");
    write("same.yaml", "one");
    List<File> files = FolderTree.of(folder).files();
    String sha256OfOne = files.get(0).content();
    assertThat(sha256OfOne).matches("[0-9a-f]{64}");
    assertThat(files.get(1).content()).startsWith("3-").isNotEqualTo(sha256OfOne);
  }

  @Test
  void follows_no_link() throws Exception {
    Files.createSymbolicLink(folder.resolve("secret.yaml"), Path.of("/etc/passwd"));
    Files.createSymbolicLink(folder.resolve("loop"), folder);
    FolderTree tree = FolderTree.of(folder);
    assertThat(tree.files()).isEmpty();
    assertThat(tree.skipped())
        .extracting(Problem::summary)
        .containsExactlyInAnyOrder(
            "'secret.yaml' is not read: it is a symbolic link",
            "'loop' is not read: it is a symbolic link");
  }

  @Test
  void a_file_that_became_a_link_is_not_followed_either() throws Exception {
    write("a.yaml", "one");
    FolderTree tree = FolderTree.of(folder);
    Files.delete(folder.resolve("a.yaml"));
    Files.createSymbolicLink(folder.resolve("a.yaml"), Path.of("/etc/passwd"));
    assertThatThrownBy(() -> tree.read(tree.files().get(0), 1 << 20))
        .hasMessage("reading 'a.yaml' failed");
  }

  @Test
  void a_folder_that_is_not_there_is_told() throws Exception {
    Path missing = folder.resolve("slrat");
    assertThatThrownBy(() -> FolderTree.of(missing))
        .hasMessage("reading the folder " + missing + ": it does not exist");
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() -> FolderTree.of(file)).hasMessageEndingWith("it is not a folder");
  }

  private void write(String path, String text) throws Exception {
    Files.createDirectories(folder.resolve(path).getParent());
    Files.writeString(folder.resolve(path), text);
  }
}
