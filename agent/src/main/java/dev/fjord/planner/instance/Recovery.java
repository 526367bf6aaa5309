package dev.fjord.planner.instance;

import dev.fjord.model.Ailment;
import dev.fjord.model.Ailment.Repair;
import dev.fjord.model.Ailment.Verdict;
import dev.fjord.model.Observed;
import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import dev.fjord.plan.Waiting;
import dev.fjord.planner.draft.Draft;
import dev.fjord.problem.Problem;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Decides about an instance that runs and has an ailment: whether a restart is due and, if not,
 * why.
 */
record Recovery(
    Observed observed,
    Draft draft,
    DiskRoom room,
    ResourceName name,
    Owner owner,
    boolean repair,
    Ailment ailment) {

  /** The problem of an ailment that a plan does not mend. */
  static Problem problem(ResourceName name, Ailment ailment) {
    return Problem.of(
            ailment.verdict().name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'),
            "instance " + name + ": " + ailment.verdict().words() + " since " + ailment.since())
        .detail(ailment.detail())
        .hint("See what it does: fjord console " + name);
  }

  /** Whether it is to be restarted now. If not, the draft says what it waits for, or why not. */
  boolean isDue() {
    Instant from = ailment.restartFrom();
    if (from == null || !repair) {
      draft.report(problem(name, ailment));
      return false;
    }
    if (ailment.verdict() == Verdict.ROOT_READ_ONLY && room.isUsedUp()) {
      draft.report(problem(name, ailment));
      draft.await(
          new Waiting(
              name,
              owner,
              Waiting.Until.ROOM,
              ailment.verdict().words()
                  + "; it is started again when there is room: "
                  + room.words(),
              List.of()));
      return false;
    }
    if (ailment.isFlapping()) {
      refuse();
      return false;
    }
    if (observed.at().isBefore(from)) {
      draft.report(problem(name, ailment));
      draft.await(
          new Waiting(
              name,
              owner,
              Waiting.Until.BACKOFF,
              ailment.verdict().words() + "; it is restarted from " + from + " on, if that lasts",
              List.of()));
      return false;
    }
    return true;
  }

  String reason() {
    return ailment.verdict().words() + " since " + ailment.since() + ": " + ailment.detail();
  }

  private void refuse() {
    draft.report(problem(name, ailment));
    String tries = ailment.repairs().stream().map(Recovery::told).collect(Collectors.joining("; "));
    draft.refuse(
        "flapping",
        owner,
        "instance "
            + name
            + " is no longer restarted: "
            + ailment.repairs().size()
            + " restarts within an hour did not help ("
            + tries
            + "), and now "
            + ailment.verdict().words(),
        "See what it does: fjord console "
            + name
            + ". A change of its document begins anew; so does 'power: stopped', then 'running'.");
  }

  private static String told(Repair repair) {
    return repair.at() + ": " + repair.verdict().words();
  }
}
