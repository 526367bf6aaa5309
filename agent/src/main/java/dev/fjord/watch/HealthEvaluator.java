package dev.fjord.watch;

import dev.fjord.model.Ailment;
import dev.fjord.model.Ailment.Repair;
import dev.fjord.model.Ailment.Verdict;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Starts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Decides from the results of successive checks which instances are well, which are nudged and
 * which ail, and when a run should look. It asks no instance, changes nothing and reads no clock.
 * Not thread-safe.
 */
final class HealthEvaluator {
  private final Rules rules;
  private final Map<ResourceName, ProbeHistory> histories = new HashMap<>();
  private final Map<ResourceName, Ailment> ailments = new TreeMap<>();
  private final Map<ResourceName, List<Repair>> repairs = new TreeMap<>();
  private final Map<ResourceName, Ailment> earlier;
  private final RunRequests requests = new RunRequests();

  /**
   * @param earlier what an earlier agent left
   */
  HealthEvaluator(Rules rules, HealthReport earlier) {
    this.rules = rules;
    this.earlier = earlier.ailments();
    this.repairs.putAll(earlier.repairs());
  }

  /** What it hands over to a successor: only what had happened by {@code now}. */
  HealthReport knownAt(Instant now) {
    Map<ResourceName, List<Repair>> past = new TreeMap<>();
    repairs.forEach((name, all) ->
        past.put(name, all.stream().filter(repair -> !repair.at().isAfter(now)).toList()));
    Map<ResourceName, Ailment> known = new TreeMap<>(ailments);
    known.values().removeIf(ailment -> ailment.since().isAfter(now));
    return new HealthReport(now, millis(), known, past);
  }

  /**
   * What follows from one check.
   *
   * @param nudges which instances are nudged, and how
   * @param events what has changed
   * @param look whether a run should begin at once
   */
  record Assessment(
      Map<Watched, Nudge> nudges, List<HealthEvent> events, boolean look, HealthReport report) {}

  /**
   * Takes one check into account.
   *
   * @param changing instances that a run is changing now: nothing is reported of them
   */
  Assessment evaluate(ProbeRound round, Set<ResourceName> changing, Instant now) {
    Set<ResourceName> known = new TreeSet<>(changing);
    Map<Watched, Nudge> nudges = new HashMap<>();
    List<HealthEvent> events = new ArrayList<>();
    boolean look = false;
    for (Watched one : round.watched()) {
      known.add(one.name());
      if (changing.contains(one.name())) {
        continue;
      }
      ProbeResult result = round.results().get(one.name());
      if (one.kernel() == null) {
        look |= requests.isStartDue(one, now);
      } else if (result != null && result.state().counts()) {
        ProbeHistory history = history(one, one.kernel(), now).after(result, now, rules);
        ProbeHistory before = histories.put(one.name(), history);
        Ailment ailment = ailment(one, history, round, now);
        HealthEvent event = event(one.name(), before, history, ailment);
        events.addAll(event == null ? List.of() : List.of(event));
        keep(one.name(), ailment, history.failures());
        look |=
            requests.isDue(
                one.name(), ailment, event instanceof HealthEvent.Nudged ? null : event, now);
        Nudge nudge = history.nudge(rules);
        if (nudge != null) {
          nudges.put(one, nudge);
        }
      }
    }
    forgetAllBut(known, now);
    return new Assessment(nudges, events, look, new HealthReport(now, millis(), ailments, repairs));
  }

  private long millis() {
    return rules.interval().toMillis();
  }

  private ProbeHistory history(Watched one, Watched.Main kernel, Instant now) {
    ProbeHistory before = histories.get(one.name());
    return before != null && before.kernel().equals(kernel)
        ? before
        : ProbeHistory.of(kernel, now, wasWritable(one.name(), kernel));
  }

  /** A new agent has not seen how the root was before. */
  private boolean wasWritable(ResourceName name, Watched.Main kernel) {
    Ailment before = earlier.get(name);
    return before != null
        && before.verdict() == Verdict.ROOT_READ_ONLY
        && before.pid() == kernel.pid();
  }

  private @Nullable Ailment ailment(
      Watched one, ProbeHistory history, ProbeRound round, Instant now) {
    Verdict verdict = history.verdict();
    Instant since = history.since();
    if (verdict == null || since == null || !history.isAiling(rules)) {
      return null;
    }
    Ailment before = ailments.get(one.name());
    String others = othersAtFault(one.name(), verdict, round);
    boolean patient = verdict == Verdict.NETWORK_WRONG || verdict == Verdict.ROOT_READ_ONLY;
    Instant from = patient ? since.plus(rules.patience()) : now;
    Instant known = before != null && before.verdict() == verdict ? before.restartFrom() : null;
    List<Repair> past = repairs.getOrDefault(one.name(), List.of());
    boolean restart = verdict != Verdict.DEAD && one.repair() && others.isEmpty();
    return new Ailment(
        verdict,
        since,
        history.kernel().pid(),
        history.detail(rules) + others,
        restart ? later(known == null ? from : known, past) : null,
        past);
  }

  /** Restarts in a row are spread like starts that fail. */
  private static Instant later(Instant from, List<Repair> past) {
    if (past.isEmpty()) {
      return from;
    }
    Instant next = past.get(past.size() - 1).at().plus(Starts.pauseAfter(past.size()));
    return next.isAfter(from) ? next : from;
  }

  private static String othersAtFault(ResourceName name, Verdict verdict, ProbeRound round) {
    if (verdict == Verdict.KERNEL_HUNG && round.isHostAtFault()) {
      return "; most kernels do not answer: this host is at fault, so nobody is restarted";
    }
    Set<ResourceName> silent =
        verdict == Verdict.NETWORK_WRONG ? round.silentSwitches(name) : Set.of();
    return silent.isEmpty()
        ? ""
        : "; no other instance answers on switch "
            + silent.stream().map(ResourceName::value).sorted().findFirst().orElseThrow()
            + ": it or this host may be at fault, so nobody is restarted";
  }

  private @Nullable HealthEvent event(
      ResourceName name,
      @Nullable ProbeHistory before,
      ProbeHistory history,
      @Nullable Ailment ailment) {
    Ailment was = ailments.get(name);
    if (ailment != null) {
      boolean same =
          was != null
              && was.verdict() == ailment.verdict()
              && was.pid() == ailment.pid()
              && (was.restartFrom() == null) == (ailment.restartFrom() == null);
      return same ? null : new HealthEvent.Ails(name, ailment);
    }
    if (history.failures() > 0) {
      return null; // It is nudged; a later check shows whether that helped.
    }
    if (was != null) {
      return new HealthEvent.IsWell(name, was);
    }
    return before != null && before.failures() > 1 && before.kernel().equals(history.kernel())
        ? new HealthEvent.Nudged(name, before.found(), before.failures())
        : null;
  }

  private void keep(ResourceName name, @Nullable Ailment ailment, int failures) {
    if (ailment != null) {
      ailments.put(name, ailment);
    } else if (failures == 0) {
      ailments.remove(name);
    }
  }

  /** Forgets instances that are no longer watched, except for restarts that still count. */
  private void forgetAllBut(Set<ResourceName> known, Instant now) {
    histories.keySet().retainAll(known);
    ailments.keySet().retainAll(known);
    requests.forgetAllBut(known);
    Instant oldest = now.minus(Ailment.COUNTS);
    for (ResourceName name : List.copyOf(repairs.keySet())) {
      List<Repair> all = repairs.getOrDefault(name, List.of());
      // While it ails they all count, so that repairs that were given up do not begin again by
      // themselves.
      if (!ailments.containsKey(name) && all.stream().noneMatch(r -> r.at().isAfter(oldest))) {
        repairs.remove(name);
      }
    }
  }

  /** A restart begins that is to cure an ailment. */
  void repaired(ResourceName name, Instant now) {
    Ailment ailment = ailments.get(name);
    if (ailment != null) {
      List<Repair> all = new ArrayList<>(repairs.getOrDefault(name, List.of()));
      all.add(new Repair(now, ailment.verdict(), ailment.detail()));
      repairs.put(name, List.copyOf(all));
    }
  }

  /** The instance was changed on purpose: what did not help before may help now. */
  void forgive(ResourceName name) {
    repairs.remove(name);
  }
}
