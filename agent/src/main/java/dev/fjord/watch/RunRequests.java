package dev.fjord.watch;

import dev.fjord.model.Ailment;
import dev.fjord.model.Ailment.Verdict;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Starts;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** When a run should begin at once because of what a check has found. Not thread-safe. */
final class RunRequests {
  private final Map<ResourceName, Looks> looks = new HashMap<>();
  private final Map<ResourceName, Instant> startsAsked = new HashMap<>();

  /** Runs that were requested because of one ailment. */
  private record Looks(int times, Instant last) {}

  /** Whether the next try to start it is due. */
  boolean isStartDue(Watched one, Instant now) {
    Instant due = one.startDue();
    return due != null
        && !now.isBefore(due)
        && !due.equals(startsAsked.put(one.name(), due)); // Once for each.
  }

  /** Whether something has changed, or what is to be done about an ailment is due. */
  boolean isDue(
      ResourceName name, @Nullable Ailment ailment, @Nullable HealthEvent event, Instant now) {
    if (event != null) {
      looks.put(name, new Looks(1, now));
      return true;
    }
    Looks past = looks.get(name);
    Instant due =
        ailment == null
            ? null
            : ailment.verdict() == Verdict.DEAD ? ailment.since() : ailment.restartFrom();
    if (past == null
        || ailment == null
        || ailment.isFlapping()
        || due == null
        || now.isBefore(due)) {
      return false;
    }
    if (past.last().isBefore(due)
        || !now.isBefore(past.last().plus(Starts.pauseAfter(past.times())))) {
      looks.put(name, new Looks(past.times() + 1, now));
      return true;
    }
    return false;
  }

  void forgetAllBut(Set<ResourceName> known) {
    looks.keySet().retainAll(known);
    startsAsked.keySet().retainAll(known);
  }
}
