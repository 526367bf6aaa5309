package dev.fjord.source;

import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import dev.fjord.source.remote.Access;
import dev.fjord.source.remote.HermeticGit;
import dev.fjord.source.remote.Limits;
import dev.fjord.source.remote.Remote;
import dev.fjord.source.remote.RemoteUrl;
import dev.fjord.source.tree.RevisionTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.RefSpec;
import org.jspecify.annotations.Nullable;

/** Trees of commits for a single look, without the agent's mirror. */
final class CommitTrees {
  private static final List<RefSpec> EVERYTHING =
      List.of(
          new RefSpec("HEAD"),
          new RefSpec("refs/heads/*:refs/heads/*"),
          new RefSpec("refs/tags/*:refs/tags/*"));

  /** The server's HEAD, in a clone: which branch it is does not matter here. */
  private static final String HEAD = "refs/fjord/head";

  private CommitTrees() {}

  static OpenTree ofFolder(Path folder, String revision) {
    Repository repository;
    try {
      repository = HermeticGit.discover(folder);
    } catch (IOException | IllegalArgumentException e) {
      String found = Files.isDirectory(folder) ? "it is no Git repository" : "it does not exist";
      throw Problem.of("repository-missing", "reading " + revision + " of " + folder + ": " + found)
          .detail(String.valueOf(e.getMessage()))
          .hint("Name the top folder of a repository, or leave out --revision to read the files.")
          .asException(e);
    }
    return openOrEnd(repository, () -> revision, repository::close);
  }

  static OpenTree ofUrl(String text, @Nullable String revision, Access access) {
    RemoteUrl url = RemoteUrl.of(text);
    Path folder = temporary();
    try {
      Repository repository = HermeticGit.create(folder.resolve("repository.git"));
      Runnable end =
          () -> {
            repository.close();
            remove(folder);
          };
      return openOrEnd(
          repository,
          () -> cloned(repository, new Remote(url, access, Limits.USUAL), revision),
          end);
    } catch (IOException e) {
      remove(folder);
      throw temporaryFailed(e);
    }
  }

  /** Fetches all branches and tags; gives the name of what is asked for, in the clone. */
  private static String cloned(Repository clone, Remote remote, @Nullable String revision) {
    Map<String, ObjectId> tips = remote.fetch(clone, EVERYTHING);
    if (tips.isEmpty()) {
      throw Problem.of("repository-empty", remote.url() + " has no branch at all")
          .hint("Push a first commit ('fjord init DIR' writes a repository to start from).")
          .asException();
    }
    tips.forEach((name, id) -> MirrorStore.set(clone, name.equals("HEAD") ? HEAD : name, id));
    return revision == null || revision.equals("HEAD") ? HEAD : revision;
  }

  private static OpenTree openOrEnd(
      Repository repository, Supplier<String> revision, Runnable end) {
    try {
      ObjectId commit = Revisions.resolve(repository, revision.get());
      RevisionTree tree = RevisionTree.of(repository, commit, null, () -> {});
      return OpenTree.of(tree, end);
    } catch (RuntimeException e) {
      end.run();
      throw e;
    }
  }

  private static Path temporary() {
    try {
      return Files.createTempDirectory("fjord-clone-");
    } catch (IOException e) {
      throw temporaryFailed(e);
    }
  }

  private static void remove(Path folder) {
    try {
      Leftovers.remove(folder);
    } catch (IOException e) {
      throw temporaryFailed(e);
    }
  }

  private static ProblemException temporaryFailed(IOException e) {
    return Problem.of("temporary-folder", "a temporary folder could not be used")
        .detail(e.toString())
        .hint("Is the disk of " + System.getProperty("java.io.tmpdir") + " full?")
        .asException(e);
  }
}
