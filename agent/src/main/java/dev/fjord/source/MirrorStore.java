package dev.fjord.source;

import dev.fjord.file.DurableFile;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import dev.fjord.source.remote.HermeticGit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.ObjectWalk;
import org.eclipse.jgit.revwalk.RevWalk;
import org.jspecify.annotations.Nullable;

/**
 * The bare repository on disk and the refs that fjord keeps in it. It is always replaced as a
 * whole: a new one is made beside it, and the damaged one stays until the new one is complete.
 */
final class MirrorStore implements AutoCloseable {
  /**
   * A file in the repository. It says that an object was found damaged, so the mirror is to be made
   * anew.
   */
  private static final String DAMAGED = "fjord-damaged";

  private final Path folder;
  private final Remembered remembered;
  private Repository repository;

  private MirrorStore(Path folder, Remembered remembered, Repository repository) {
    this.folder = folder;
    this.remembered = remembered;
    this.repository = repository;
  }

  /** Opens it, or makes an empty one; heals what a kill left behind. */
  static MirrorStore open(Path folder, Path memory) {
    try {
      if (Files.notExists(folder) && Files.exists(aside(folder))) {
        // The agent was killed between the two renames of replace(): the new one was complete by
        // then.
        Path fresh = fresh(folder);
        Files.move(Files.exists(fresh) ? fresh : aside(folder), folder);
      }
      MirrorLeftovers.remove(fresh(folder));
      return new MirrorStore(folder, new Remembered(memory), openOrCreate(folder));
    } catch (IOException e) {
      throw failed(folder, e);
    }
  }

  private static Repository openOrCreate(Path folder) throws IOException {
    if (Files.exists(folder)) {
      MirrorLeftovers.clear(folder);
      try {
        return HermeticGit.open(folder);
      } catch (IOException | IllegalArgumentException | IllegalStateException damaged) {
        MirrorLeftovers.remove(aside(folder));
        Files.move(folder, aside(folder));
      }
    }
    Path fresh = fresh(folder);
    Files.createDirectories(folder.toAbsolutePath().getParent());
    HermeticGit.create(fresh).close();
    DurableFile.moveIntoPlace(fresh, folder);
    return HermeticGit.open(folder);
  }

  /** Where a new mirror is made. */
  static Path fresh(Path folder) {
    return DurableFile.beside(folder);
  }

  /** Where a damaged one goes. */
  static Path aside(Path folder) {
    return folder.resolveSibling(folder.getFileName() + ".damaged");
  }

  Path folder() {
    return folder;
  }

  Repository repository() {
    return repository;
  }

  /** The commit of a ref of fjord's own: the mirror's, else the one that is remembered. */
  @Nullable ObjectId get(String ref) {
    try {
      Ref found = repository.exactRef(ref);
      ObjectId id = found == null ? null : found.getObjectId();
      return id == null ? remembered.get(ref) : id;
    } catch (IOException unreadable) {
      return remembered.get(ref);
    }
  }

  /** Whether a commit and its root folder are there. */
  boolean has(ObjectId commit) {
    try (RevWalk walk = new RevWalk(repository)) {
      return repository.getObjectDatabase().has(walk.parseCommit(commit).getTree());
    } catch (IOException | RuntimeException missingOrDamaged) {
      return false;
    }
  }

  /** Whether the mirror itself has this ref but no longer the commit. */
  boolean lost(String ref) {
    try {
      Ref found = repository.exactRef(ref);
      return found != null && found.getObjectId() != null && !has(found.getObjectId());
    } catch (IOException unreadable) {
      return true;
    }
  }

  /** Sets a ref, and its second copy. */
  void put(String ref, ObjectId commit) {
    set(repository, ref, commit);
    remembered.put(ref, commit);
  }

  static void set(Repository repository, String ref, ObjectId commit) {
    try {
      RefUpdate update = repository.updateRef(ref);
      update.setNewObjectId(commit);
      update.disableRefLog();
      update.setForceUpdate(true);
      switch (update.update()) {
        case NEW, FAST_FORWARD, FORCED, NO_CHANGE -> {}
        case LOCK_FAILURE,
            REJECTED,
            REJECTED_CURRENT_BRANCH,
            REJECTED_MISSING_OBJECT,
            REJECTED_OTHER_REASON,
            IO_FAILURE,
            RENAMED,
            NOT_ATTEMPTED ->
            throw new IOException("setting " + ref + ": " + update.getResult());
      }
    } catch (IOException e) {
      throw failed(repository.getDirectory().toPath(), e);
    }
  }

  boolean isDamaged() {
    return Files.exists(folder.resolve(DAMAGED));
  }

  /** Marks the mirror to be made anew by the next fetch, of this process or of a later one. */
  void markDamaged() {
    try {
      Files.write(folder.resolve(DAMAGED), new byte[0]);
    } catch (IOException e) {
      throw failed(folder, e);
    }
  }

  /**
   * Whether all that the refs reach is there. It is slow, so it is for the case that something went
   * wrong already.
   */
  boolean isComplete() {
    try (ObjectWalk walk = new ObjectWalk(repository)) {
      for (Ref ref : repository.getRefDatabase().getRefs()) {
        if (ref.getObjectId() != null) {
          walk.markStart(walk.parseAny(ref.getObjectId()));
        }
      }
      walk.checkConnectivity();
      return true;
    } catch (IOException | RuntimeException damaged) {
      return false;
    }
  }

  /** Takes the complete repository at {@link #fresh} for the damaged one, which is kept aside. */
  void replace() {
    try {
      repository.close();
      MirrorLeftovers.remove(aside(folder));
      Files.move(folder, aside(folder));
      DurableFile.moveIntoPlace(fresh(folder), folder);
      repository = HermeticGit.open(folder);
    } catch (IOException e) {
      throw failed(folder, e);
    }
  }

  private static ProblemException failed(Path folder, IOException e) {
    return Problem.of(
            "mirror-failed", "using the local copy of the repository in " + folder + " failed")
        .detail(e.toString())
        .hint("Is the disk full or read-only? The folder may be removed: it is fetched again.")
        .asException(e);
  }

  @Override
  public void close() {
    repository.close();
  }
}
