package dev.fjord.source;

import dev.fjord.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.lib.Repository;

/** Packing: JGit never does it by itself, and every fetch leaves one more pack to look through. */
final class Maintenance {
  private Maintenance() {}

  /** A concurrent reader finds its objects in the new pack. */
  static boolean packWhenMany(Repository repository, int many) {
    Path packs = repository.getDirectory().toPath().resolve("objects/pack");
    try (Git git = Git.wrap(repository)) {
      if (count(packs) <= many) {
        return false;
      }
      git.gc().call();
      return true;
    } catch (IOException | GitAPIException e) {
      throw Problem.of("mirror-failed", "packing the local copy in " + packs + " failed")
          .detail(e.toString())
          .hint("Nothing is lost. Is the disk full?")
          .asException(e);
    }
  }

  private static long count(Path packs) throws IOException {
    try (Stream<Path> found = Files.list(packs)) {
      return found.filter(file -> file.toString().endsWith(".pack")).count();
    }
  }
}
