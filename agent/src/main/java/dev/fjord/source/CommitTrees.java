package dev.fjord.source;

import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import dev.fjord.source.remote.Access;
import dev.fjord.source.remote.FetchLimits;
import dev.fjord.source.remote.HermeticGit;
import dev.fjord.source.remote.Remote;
import dev.fjord.source.remote.RemoteUrl;
import dev.fjord.source.tree.RevisionTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.jspecify.annotations.Nullable;

/** Trees of commits for a single look, without the agent's mirror. */
final class CommitTrees {
  private static final String HEAD = "HEAD";

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
    return openOrEnd(repository, revision, () -> revision, repository::close);
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
          revision == null ? HEAD : revision,
          () -> cloned(repository, new Remote(url, access, FetchLimits.USUAL), revision),
          end);
    } catch (IOException e) {
      remove(folder);
      throw temporaryFailed(e);
    }
  }

  /** Fetches what is asked for, and returns its name in the clone. */
  private static String cloned(Repository clone, Remote remote, @Nullable String revision) {
    return new SingleCommitFetch(remote, clone).named(revision == null ? HEAD : revision);
  }

  private static OpenTree openOrEnd(
      Repository repository, String revision, Supplier<String> here, Runnable end) {
    try {
      ObjectId commit = CommitLookup.resolve(repository, revision, here.get());
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
      MirrorLeftovers.remove(folder);
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
