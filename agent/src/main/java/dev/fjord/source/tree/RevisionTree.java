package dev.fjord.source.tree;

import dev.fjord.model.Tree;
import dev.fjord.problem.Location;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.io.IOException;
import java.util.List;
import java.util.function.Predicate;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;
import org.jspecify.annotations.Nullable;

/**
 * The files of a commit, read straight from the object database: there is no work tree that other
 * programs could change or a kill could leave half written. {@code content} is the blob's id.
 */
public final class RevisionTree implements Tree {
  private final Repository repository;
  private final String revision;
  private final Walk.Found found;
  private final Runnable whenDamaged;

  private RevisionTree(
      Repository repository, String revision, Walk.Found found, Runnable whenDamaged) {
    this.repository = repository;
    this.revision = revision;
    this.found = found;
    this.whenDamaged = whenDamaged;
  }

  /**
   * Lists a commit.
   *
   * @param repository must stay open while {@link #read} is used
   * @param before another commit's tree: what has not changed since costs nothing
   * @param whenDamaged called when an object turns out to be missing or damaged, now or in {@link
   *     #read}
   * @throws ProblemException {@code revision-unreadable}, {@code tree-too-large}
   */
  public static RevisionTree of(
      Repository repository, ObjectId commit, @Nullable RevisionTree before, Runnable whenDamaged) {
    try (ObjectReader reader = repository.newObjectReader();
        RevWalk walk = new RevWalk(reader)) {
      RevCommit parsed = walk.parseCommit(commit);
      Walk.Found found =
          Walk.of(
              "the commit",
              new Folders(reader),
              parsed.getTree().copy(),
              before == null ? null : before.found.root());
      return new RevisionTree(repository, commit.name(), found, whenDamaged);
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
    return found.files();
  }

  /** What is in the commit but is not read, and why; each with its path. */
  @Override
  public List<Problem> skipped() {
    return found.skipped();
  }

  @Override
  public @Nullable Commit latest(String folder, String other, Predicate<Commit> wanted) {
    return Line.latest(repository, revision, folder, other, wanted);
  }

  @Override
  public byte[] read(File file, int limit) {
    ObjectId blob = ObjectId.fromString(file.content());
    try (ObjectReader reader = repository.newObjectReader()) {
      // Only the object's header is read: a blob of gigabytes is refused before a byte is inflated.
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

  /** Folders are known by their ids, which change with any change below them. */
  private record Folders(ObjectReader reader) implements Walk.Source<ObjectId> {
    @Override
    public ObjectId id(ObjectId folder) {
      return folder;
    }

    @Override
    public void list(ObjectId folder, Walk.Entries<ObjectId> to) throws IOException {
      // Only the object's header is read.
      if (reader.getObjectSize(folder, Constants.OBJ_TREE) > TreeRules.LARGEST_FOLDER) {
        to.tooMany();
        return;
      }
      CanonicalTreeParser entries = new CanonicalTreeParser();
      ObjectLoader list = reader.open(folder, Constants.OBJ_TREE);
      entries.reset(list.getCachedBytes(TreeRules.LARGEST_FOLDER));
      for (; !entries.eof(); entries.next(1)) {
        String name = entries.getEntryPathString();
        FileMode mode = entries.getEntryFileMode();
        if (mode.equals(FileMode.TREE)) {
          to.folder(name, entries.getEntryObjectId());
        } else if (mode.equals(FileMode.REGULAR_FILE) || mode.equals(FileMode.EXECUTABLE_FILE)) {
          to.file(name, () -> entries.getEntryObjectId().name());
        } else {
          to.other(name, mode.equals(FileMode.SYMLINK) ? "a symbolic link" : "a submodule");
        }
      }
    }
  }
}
