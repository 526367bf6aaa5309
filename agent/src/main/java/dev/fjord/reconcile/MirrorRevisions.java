package dev.fjord.reconcile;

import dev.fjord.problem.ProblemException;
import dev.fjord.source.Fetched;
import dev.fjord.source.Mirror;
import dev.fjord.source.Revision;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Revisions of the agent's own mirror. */
public final class MirrorRevisions implements Revisions {
  private final Mirror mirror;

  public MirrorRevisions(Mirror mirror) {
    this.mirror = mirror;
  }

  @Override
  public Choice choose() {
    try {
      Fetched fetched = mirror.fetch();
      Revision revision = fetched.chosen();
      return new Choice(
          revision == null ? lastInForce() : chosen(revision),
          fetched.answered(),
          fetched.problems());
    } catch (ProblemException e) {
      return new Choice(lastInForce(), false, List.of(e.problem()));
    }
  }

  @Override
  public @Nullable Chosen lastInForce() {
    String id = mirror.inForce();
    if (id == null) {
      return null;
    }
    try {
      return chosen(new Revision(id, 0));
    } catch (ProblemException lost) {
      return null;
    }
  }

  @Override
  public void inForce(Chosen chosen) {
    mirror.markInForce(chosen.id());
  }

  private Chosen chosen(Revision revision) {
    return new Chosen(revision.id(), revision.allowedDeletes(), mirror.tree(revision));
  }
}
