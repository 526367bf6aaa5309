package dev.fjord.source;

import dev.fjord.problem.Secrets;
import dev.fjord.source.remote.Access;
import dev.fjord.source.tree.FolderTree;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Trees by what a person writes on the command line: {@code --repository URL|DIR --revision REV}.
 * For a plain folder no class of JGit is loaded, which saves half of the start-up time.
 */
public final class Repositories {
  private Repositories() {}

  /**
   * Opens a tree. The caller closes it.
   *
   * @param urlOrFolder a folder is read as it is; with a revision it must be a repository or its
   *     work tree. A bare repository, or a URL, gives a commit
   * @param revision a branch, a tag, a commit's id or its first digits; null for the files of a
   *     folder, or what HEAD names
   * @throws dev.fjord.problem.ProblemException when there is no such folder, repository or revision
   */
  public static OpenTree open(String urlOrFolder, @Nullable String revision, Access access) {
    Secrets.learn(urlOrFolder); // It may be meant as a URL, and be taken for a folder.
    Path folder = folder(urlOrFolder);
    if (folder == null) {
      return CommitTrees.ofUrl(urlOrFolder, revision, access);
    }
    if (revision != null || isBare(folder)) {
      return CommitTrees.ofFolder(folder, revision == null ? "HEAD" : revision);
    }
    FolderTree tree = FolderTree.of(folder);
    return OpenTree.of(tree, () -> {});
  }

  private static boolean isBare(Path folder) {
    return Files.isRegularFile(folder.resolve("HEAD"))
        && Files.isDirectory(folder.resolve("objects"))
        && Files.isDirectory(folder.resolve("refs"));
  }

  /**
   * The folder that is meant; null for a URL: a text that has a scheme, or a host before a colon,
   * and is not a folder here.
   */
  private static @Nullable Path folder(String urlOrFolder) {
    try {
      Path path = Path.of(urlOrFolder).toAbsolutePath().normalize();
      boolean isUrl = urlOrFolder.matches("[A-Za-z][A-Za-z0-9+.-]*://.*|[^/]+:.*");
      return isUrl && !Files.isDirectory(path) ? null : path;
    } catch (InvalidPathException e) {
      return null;
    }
  }
}
