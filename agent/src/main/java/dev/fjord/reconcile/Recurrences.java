package dev.fjord.reconcile;

import dev.fjord.apply.Outcome;
import dev.fjord.plan.Cause;
import dev.fjord.plan.Change;
import dev.fjord.plan.FieldChange;
import dev.fjord.plan.Kind;
import dev.fjord.plan.Plan;
import dev.fjord.problem.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Drift that comes back: something else on the host changes what fjord puts right. Fjord goes on
 * putting it right, since ports and filters keep machines apart, but reports that once instead of
 * each time. Pure; not safe for use by many threads.
 */
final class Recurrences {
  /**
   * A change recurs when it is needed so many times within {@link #WINDOW}, or in so many runs in a
   * row.
   */
  static final int OFTEN = 3;

  static final Duration WINDOW = Duration.ofMinutes(10);

  private final Map<String, Mended> mended = new TreeMap<>();

  /**
   * One change that was needed again.
   *
   * @param times when it was done, within the window, the latest last
   * @param onEnd how many runs in a row did it
   * @param since when it was done first, since it began to come back
   */
  private record Mended(Change change, List<Instant> times, int onEnd, Instant since) {
    boolean isFight() {
      return times.size() >= OFTEN || onEnd >= OFTEN;
    }
  }

  /** Takes one run into account. */
  void note(Plan plan, List<Outcome> outcomes, Instant at) {
    Map<String, Change> changes = new HashMap<>();
    plan.changes().stream()
        .filter(change -> change.cause() == Cause.CORRECTIVE)
        .forEach(change -> changes.put(change.id(), change));
    List<String> done =
        outcomes.stream()
            .filter(outcome -> outcome.status() == Outcome.Status.DONE)
            .map(Outcome::change)
            .filter(changes::containsKey)
            .toList();
    for (String id : List.copyOf(mended.keySet())) {
      Mended past = mended.remove(id);
      if (past != null && (done.contains(id) || isRecent(past, at))) {
        List<Instant> times = past.times().stream().filter(time -> isWithin(time, at)).toList();
        mended.put(id, new Mended(past.change(), times, past.onEnd(), past.since()));
      }
    }
    for (Map.Entry<String, Mended> one : mended.entrySet()) {
      if (!done.contains(one.getKey())) {
        Mended past = one.getValue();
        one.setValue(new Mended(past.change(), past.times(), 0, past.since()));
      }
    }
    for (String id : done) {
      Mended past = sameAs(mended.get(id), Objects.requireNonNull(changes.get(id)));
      List<Instant> times = new ArrayList<>(past == null ? List.of() : past.times());
      times.add(at);
      Change change = Objects.requireNonNull(changes.get(id));
      int onEnd = past == null ? 1 : past.onEnd() + 1;
      mended.put(
          id, new Mended(change, List.copyOf(times), onEnd, past == null ? at : past.since()));
    }
  }

  /** A change to another value begins anew: the documents changed meanwhile. */
  private static @Nullable Mended sameAs(@Nullable Mended past, Change change) {
    return past != null && past.change().step().equals(change.step()) ? past : null;
  }

  /** A change that was not needed for the whole window no longer recurs. */
  private static boolean isRecent(Mended past, Instant at) {
    return past.times().stream().anyMatch(time -> isWithin(time, at));
  }

  /** Times that lie in the future, after the clock was set back, do not count. */
  private static boolean isWithin(Instant time, Instant at) {
    return !time.isBefore(at.minus(WINDOW)) && !time.isAfter(at);
  }

  /** Whether all that a plan puts right comes back all the time: then it was logged before. */
  boolean isKnown(Plan plan) {
    return !plan.isEmpty()
        && plan.changes().stream()
            .allMatch(change -> {
              Mended past = mended.get(change.id());
              return change.cause() == Cause.CORRECTIVE && past != null && past.isFight();
            });
  }

  /** One problem for each, the same for as long as it lasts. */
  List<Problem> problems() {
    return mended.values().stream().filter(Mended::isFight).map(Recurrences::problem).toList();
  }

  private static Problem problem(Mended one) {
    Change change = one.change();
    String fields =
        change.fields().stream().map(FieldChange::path).collect(Collectors.joining(", "));
    return Problem.of(
            "flapping",
            "'"
                + change.id()
                + "' is needed again and again since "
                + one.since()
                + ": something undoes it")
        .detail(change.reason() + (fields.isEmpty() ? "" : " (" + fields + ")"))
        .hint(rivals(change.kind()));
  }

  private static String rivals(Kind kind) {
    return switch (kind) {
      case SWITCH, PORT ->
          "It is put right each time. Look for who else sets links: NetworkManager,"
              + " systemd-networkd, ifupdown, Docker, another fjord. 'ip monitor link' shows when.";
      case FILTER ->
          "It is put right each time. Look for who else sets rules: a service that begins with"
              + " 'flush ruleset' (nftables.service, firewalld), another fjord. 'nft monitor' shows"
              + " when.";
      case ROUTE ->
          "It is put right each time. Look for who else sets routes: a routing daemon,"
              + " NetworkManager, systemd-networkd ('ManageForeignRoutes' of networkd.conf(5)),"
              + " another fjord. 'ip monitor route' shows when.";
      case DAEMON ->
          "It is started each time, ever later. What it said is in 'daemons' of the run directory.";
      case NAMES ->
          "It is written each time. Look for who else writes that file: cloud-init, a network"
              + " manager, another fjord.";
      case INSTANCE ->
          "It is started each time, ever later. 'fjord status NAME' tells how it ended last.";
      case KERNEL, IMAGE -> "It is put right each time. Look for who else writes in the store.";
    };
  }
}
