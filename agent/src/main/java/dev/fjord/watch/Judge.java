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
 * Decides from the answers of successive checks who is well, who is nudged and who ails, and when a
 * run should look. It asks nobody, does nothing and knows no clock. Not thread-safe.
 */
final class Judge {
  private final Rules rules;
  private final Map<ResourceName, Course> courses = new HashMap<>();
  private final Map<ResourceName, Ailment> ailments = new TreeMap<>();
  private final Map<ResourceName, List<Repair>> repairs = new TreeMap<>();
  private final Map<ResourceName, Ailment> earlier;
  private final RunRequests requests = new RunRequests();

  /**
   * @param earlier what an earlier agent left
   */
  Judge(Rules rules, Noted earlier) {
    this.rules = rules;
    this.earlier = earlier.ailments();
    this.repairs.putAll(earlier.repairs());
  }

  /** What it leaves to another, as far as it had been by then. */
  Noted knownAt(Instant now) {
    Map<ResourceName, List<Repair>> past = new TreeMap<>();
    repairs.forEach((name, all) ->
        past.put(name, all.stream().filter(repair -> !repair.at().isAfter(now)).toList()));
    Map<ResourceName, Ailment> known = new TreeMap<>(ailments);
    known.values().removeIf(ailment -> ailment.since().isAfter(now));
    return new Noted(now, millis(), known, past);
  }

  /**
   * What comes of one check.
   *
   * @param nudges who is nudged, and how
   * @param told what is news
   * @param look whether a run should begin at once
   */
  record Sentence(Map<Watched, Nudge> nudges, List<News> told, boolean look, Noted noted) {}

  /**
   * Takes one check into account.
   *
   * @param changing instances that a run changes just now: nothing is said of them
   */
  Sentence judge(Round round, Set<ResourceName> changing, Instant now) {
    Set<ResourceName> known = new TreeSet<>(changing);
    Map<Watched, Nudge> nudges = new HashMap<>();
    List<News> told = new ArrayList<>();
    boolean look = false;
    for (Watched one : round.watched()) {
      known.add(one.name());
      if (changing.contains(one.name())) {
        continue;
      }
      Signs signs = round.signs().get(one.name());
      if (one.kernel() == null) {
        look |= requests.isStartDue(one, now);
      } else if (signs != null && signs.state().counts()) {
        Course course = course(one, one.kernel(), now).after(signs, now, rules);
        Course before = courses.put(one.name(), course);
        Ailment ailment = ailment(one, course, round, now);
        News news = news(one.name(), before, course, ailment);
        told.addAll(news == null ? List.of() : List.of(news));
        keep(one.name(), ailment, course.failures());
        look |= requests.isDue(one.name(), ailment, news instanceof News.Nudged ? null : news, now);
        Nudge nudge = course.nudge(rules);
        if (nudge != null) {
          nudges.put(one, nudge);
        }
      }
    }
    forgetAllBut(known, now);
    return new Sentence(nudges, told, look, new Noted(now, millis(), ailments, repairs));
  }

  private long millis() {
    return rules.interval().toMillis();
  }

  private Course course(Watched one, Watched.Main kernel, Instant now) {
    Course before = courses.get(one.name());
    return before != null && before.kernel().equals(kernel)
        ? before
        : Course.of(kernel, now, wasWritable(one.name(), kernel));
  }

  /** An agent that was started anew has not seen how it was before. */
  private boolean wasWritable(ResourceName name, Watched.Main kernel) {
    Ailment before = earlier.get(name);
    return before != null
        && before.verdict() == Verdict.ROOT_READ_ONLY
        && before.pid() == kernel.pid();
  }

  private @Nullable Ailment ailment(Watched one, Course course, Round round, Instant now) {
    Verdict verdict = course.verdict();
    Instant since = course.since();
    if (verdict == null || since == null || !course.isAiling(rules)) {
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
        course.kernel().pid(),
        course.detail(rules) + others,
        restart ? later(known == null ? from : known, past) : null,
        past);
  }

  /** Restarts that follow each other are spread as starts that fail are. */
  private static Instant later(Instant from, List<Repair> past) {
    if (past.isEmpty()) {
      return from;
    }
    Instant next = past.get(past.size() - 1).at().plus(Starts.pauseAfter(past.size()));
    return next.isAfter(from) ? next : from;
  }

  private static String othersAtFault(ResourceName name, Verdict verdict, Round round) {
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

  private @Nullable News news(
      ResourceName name, @Nullable Course before, Course course, @Nullable Ailment ailment) {
    Ailment was = ailments.get(name);
    if (ailment != null) {
      boolean same =
          was != null
              && was.verdict() == ailment.verdict()
              && was.pid() == ailment.pid()
              && (was.restartFrom() == null) == (ailment.restartFrom() == null);
      return same ? null : new News.Ails(name, ailment);
    }
    if (course.failures() > 0) {
      return null; // It is nudged; whether that helps will be told.
    }
    if (was != null) {
      return new News.IsWell(name, was);
    }
    return before != null && before.failures() > 1 && before.kernel().equals(course.kernel())
        ? new News.Nudged(name, before.found(), before.failures())
        : null;
  }

  private void keep(ResourceName name, @Nullable Ailment ailment, int failures) {
    if (ailment != null) {
      ailments.put(name, ailment);
    } else if (failures == 0) {
      ailments.remove(name);
    }
  }

  /** Who is no longer watched is forgotten, but for restarts that still count. */
  private void forgetAllBut(Set<ResourceName> known, Instant now) {
    courses.keySet().retainAll(known);
    ailments.keySet().retainAll(known);
    requests.forgetAllBut(known);
    Instant oldest = now.minus(Ailment.COUNTS);
    for (ResourceName name : List.copyOf(repairs.keySet())) {
      List<Repair> all = repairs.getOrDefault(name, List.of());
      // While it ails they all count: who has given up does not begin again by itself.
      if (!ailments.containsKey(name) && all.stream().noneMatch(r -> r.at().isAfter(oldest))) {
        repairs.remove(name);
      }
    }
  }

  /** A restart that is to help begins. */
  void repaired(ResourceName name, Instant now) {
    Ailment ailment = ailments.get(name);
    if (ailment != null) {
      List<Repair> all = new ArrayList<>(repairs.getOrDefault(name, List.of()));
      all.add(new Repair(now, ailment.verdict(), ailment.detail()));
      repairs.put(name, List.copyOf(all));
    }
  }

  /** Somebody has changed it on purpose: what did not help before may help now. */
  void forgive(ResourceName name) {
    repairs.remove(name);
  }
}
