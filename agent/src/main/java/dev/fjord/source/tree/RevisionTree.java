package dev.fjord.source.tree;

import dev.fjord.model.Tree;
import dev.fjord.problem.Location;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.io.IOException;
import java.util.List;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.jspecify.annotations.Nullable;

/**
 * The files of a commit, read straight from the object database: there is no work tree that
 * somebody could change, or a kill could leave half written. {@code content} is the blob's id.
 */
public final class RevisionTree implements Tree {
  private final Repository repository;
  private final String revision;
  private final RevisionFolder root;
  private final Runnable whenDamaged;

  private RevisionTree(
      Repository repository, String revision, RevisionFolder root, Runnable whenDamaged) {
    this.repository = repository;
    this.revision = revision;
    this.root = root;
    this.whenDamaged = whenDamaged;
  }

  /**
   * Lists a commit.
   *
   * @param repository must stay open while {@link #read} is used
   * @param before another commit's tree: what did not change since costs nothing
   * @param whenDamaged told when an object turns out to be missing or damaged, now or in {@link
   *     #read}
   * @throws ProblemException {@code revision-unreadable}, {@code tree-too-large}
   */
  public static RevisionTree of(
      Repository repository, ObjectId commit, @Nullable RevisionTree before, Runnable whenDamaged) {
    try (ObjectReader reader = repository.newObjectReader();
        RevWalk walk = new RevWalk(reader)) {
      RevCommit parsed = walk.parseCommit(commit);
      RevisionFolder root =
          RevisionFolder.read(reader, parsed.getTree().copy(), before == null ? null : before.root);
      return new RevisionTree(repository, commit.name(), root, whenDamaged);
    } catch (IOException | IndexOutOfBoundsException | IllegalArgumentException e) {
      // A damaged tree object ends its parser with the latter two.
      whenDamaged.run();
      throw Problem.of("revision-unreadable", "reading the files of " + commit.name() + " failed")
          .detail(String.valueOf(e.getMessage()))
          .hint("The local copy is damaged; the next run makes a new one from the repository.")
          .asException(e);
    }
  }

  @Override
  public String revision() {
    return revision;
  }

  @Override
  public List<File> files() {
    return root.files();
  }

  /** What is in the commit but is not read, and why; each with its path. */
  @Override
  public List<Problem> skipped() {
    return root.skipped();
  }

  @Override
  public byte[] read(File file, int limit) {
    ObjectId blob = ObjectId.fromString(file.content());
    try (ObjectReader reader = repository.newObjectReader()) {
      // Asks the object's header alone: a blob of gigabytes is refused before a byte is inflated.
      long size = reader.getObjectSize(blob, Constants.OBJ_BLOB);
      if (size > limit) {
        throw TreeRules.tooLarge(file.path(), size, limit).asException();
      }
      return reader.open(blob, Constants.OBJ_BLOB).getBytes(limit);
    } catch (IOException | org.eclipse.jgit.errors.LargeObjectException e) {
      whenDamaged.run();
      throw Problem.of(
              "file-unreadable", "reading '" + file.path() + "' of " + revision + " failed")
          .detail(String.valueOf(e.getMessage()))
          .hint("The local copy is damaged; the next run makes a new one from the repository.")
          .at(Location.file(file.path()))
          .asException(e);
    }
  }
}
