package dev.fjord.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fjord.model.Tree;
import dev.fjord.source.remote.Access;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands behind {@code --repository URL|DIR --revision REV}. */
class RepositoriesTest {
  @TempDir Path folder;
  private Upstream upstream;

  @BeforeEach
  void an_upstream() throws Exception {
    upstream = new Upstream(folder.resolve("slart.git"));
  }

  @AfterEach
  void close() {
    upstream.close();
  }

  // A--B (master)
  //  \
  //   X (linda)
  @Test
  void any_revision_of_a_repository_can_be_named() throws Exception {
    String a = upstream.commit("A");
    String b = upstream.commit("B", a);
    String x = upstream.commit("X", a);
    upstream.push("master", b);
    upstream.push("linda", x);
    String path = upstream.folder().toString();
    for (String where : List.of(path, "file://" + path)) {
      assertThat(text(where, null)).isEqualTo("B");
      assertThat(text(where, "HEAD")).isEqualTo("B");
      assertThat(text(where, "master")).isEqualTo("B");
      assertThat(text(where, "linda")).isEqualTo("X");
      assertThat(text(where, a)).isEqualTo("A");
      assertThat(text(where, a.substring(0, 9))).isEqualTo("A");
      assertThatThrownBy(() -> text(where, "lidna"))
          .hasMessage("there is no commit 'lidna' in the repository");
      assertThatThrownBy(() -> text(where, "^^{")).hasMessageContaining("there is no commit");
    }
    assertThat(temporaryClones()).isSubsetOf(others);
  }

  @Test
  void a_work_tree_gives_its_files_unless_a_revision_is_named() throws Exception {
    Path work = folder.resolve("work");
    upstream.push("master", upstream.commit("A"));
    git("clone", "-q", upstream.folder().toString(), work.toString());
    Files.writeString(work.resolve("fjord.yaml"), "edited");
    assertThat(text(work.toString(), null)).isEqualTo("edited");
    assertThat(text(work.toString(), "master")).isEqualTo("A");
    assertThat(text(work.toString(), "origin/master")).isEqualTo("A");
  }

  @Test
  void a_plain_folder_has_no_revisions() throws Exception {
    Path plain = Files.createDirectories(folder.resolve("plain"));
    Files.writeString(plain.resolve("fjord.yaml"), "plain");
    assertThat(text(plain.toString(), null)).isEqualTo("plain");
    assertThatThrownBy(() -> text(plain.toString(), "main"))
        .hasMessage("reading main of " + plain + ": it is no Git repository");
    assertThatThrownBy(() -> text(folder.resolve("none").toString(), null))
        .hasMessageContaining("it does not exist");
  }

  @Test
  void an_empty_or_missing_remote_is_told_and_leaves_nothing_behind() {
    assertThatThrownBy(() -> text("file://" + upstream.folder(), null))
        .hasMessageContaining("has no branch at all");
    assertThatThrownBy(() -> text("file://" + folder + "/none.git", null))
        .hasMessageContaining("there is no repository");
    assertThatThrownBy(() -> text("git://example.org/a.git", null))
        .hasMessageContaining("is not the URL of a repository");
    assertThat(temporaryClones()).isSubsetOf(others);
  }

  @Test
  void a_plain_folder_is_read_where_there_is_no_jgit() throws Exception {
    Files.writeString(folder.resolve("fjord.yaml"), "plain");
    URL classes = Repositories.class.getProtectionDomain().getCodeSource().getLocation();
    try (URLClassLoader fjordAlone =
        new URLClassLoader(new URL[] {classes}, ClassLoader.getPlatformClassLoader())) {
      Class<?> access = fjordAlone.loadClass(Access.class.getName());
      Object open =
          fjordAlone
              .loadClass(Repositories.class.getName())
              .getMethod("open", String.class, String.class, access)
              .invoke(null, folder.toString(), null, access.getField("NONE").get(null));
      assertThat(open.toString()).contains("FolderTree");
      assertThatThrownBy(() -> fjordAlone.loadClass("org.eclipse.jgit.lib.Repository"))
          .isInstanceOf(ClassNotFoundException.class);
    }
  }

  private static String text(String where, @org.jspecify.annotations.Nullable String revision) {
    try (OpenTree open = Repositories.open(where, revision, Access.NONE)) {
      Tree tree = open.tree();
      return new String(tree.read(tree.files().get(0), 1000), StandardCharsets.UTF_8);
    }
  }

  /** What others of this machine left there, or work with just now. */
  private final List<Path> others = temporaryClones();

  private static List<Path> temporaryClones() {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("fjord-clone-"))
          .toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void git(String... words) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(Stream.concat(Stream.of("git"), Stream.of(words)).toList());
    builder.environment().putAll(Map.of("HOME", "/nonexistent", "GIT_CONFIG_NOSYSTEM", "1"));
    assertThat(builder.inheritIO().start().waitFor()).isZero();
  }
}
