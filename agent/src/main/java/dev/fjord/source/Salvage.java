package dev.fjord.source;

import dev.fjord.problem.ProblemException;
import dev.fjord.source.remote.Access;
import dev.fjord.source.remote.FetchLimits;
import dev.fjord.source.remote.Remote;
import dev.fjord.source.remote.RemoteUrl;
import java.io.IOException;
import java.util.List;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.transport.RefSpec;
import org.jspecify.annotations.Nullable;

/** What can be saved of a damaged mirror. */
final class Salvage {
  private Salvage() {}

  /**
   * Sets the same ref in the new mirror, with the damaged one as its source where the server no
   * longer has the commit. Where neither has it, the new mirror gets no such ref: its second copy
   * still knows which commit it was.
   */
  static void carryOver(Repository damaged, Repository fresh, String ref, @Nullable ObjectId commit)
      throws IOException {
    if (commit == null) {
      return;
    }
    if (!fresh.getObjectDatabase().has(commit)) {
      try {
        String folder = damaged.getDirectory().getAbsolutePath();
        new Remote(RemoteUrl.of(folder), Access.NONE, FetchLimits.USUAL)
            .fetch(fresh, List.of(new RefSpec(ref)));
      } catch (ProblemException lost) {
        return;
      }
    }
    try (RevWalk walk = new RevWalk(fresh)) {
      MirrorStore.set(fresh, ref, walk.parseCommit(commit));
    } catch (org.eclipse.jgit.errors.MissingObjectException
        | org.eclipse.jgit.errors.CorruptObjectException
        | IllegalArgumentException
        | IndexOutOfBoundsException lost) {
      // The ref of the damaged mirror was newer or older than its second copy.
    }
  }
}
