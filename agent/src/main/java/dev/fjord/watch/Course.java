package dev.fjord.watch;

import dev.fjord.model.Ailment.Verdict;
import dev.fjord.watch.Watched.Main;
import java.time.Instant;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How the checks of one kernel went so far.
 *
 * @param first when it was checked first
 * @param uptime what it told last; null when it did not
 * @param accepted whether its port has ever accepted a connection
 * @param writable whether its root was read-write when that was asked last; null for never
 * @param wasWritable whether it ever was, of this kernel: one that never was is meant to be so
 * @param failures checks in a row that found something wrong
 * @param since when the first of these was; null exactly when there are none
 * @param verdict of the last of these; null exactly when there are none
 * @param found what that check found, a clause
 */
record Course(
    Main kernel,
    Instant first,
    @Nullable Double uptime,
    boolean accepted,
    @Nullable Boolean writable,
    boolean wasWritable,
    int failures,
    @Nullable Instant since,
    @Nullable Verdict verdict,
    String found) {

  /**
   * Of a kernel that was not asked yet.
   *
   * @param wasWritable as an earlier agent knew
   */
  static Course of(Main kernel, Instant at, boolean wasWritable) {
    return new Course(kernel, at, null, false, null, wasWritable, 0, null, null, "");
  }

  private Course seen(Signs signs) {
    Boolean now = signs.writable() == null ? writable : signs.writable();
    return new Course(
        kernel,
        first,
        uptime,
        accepted || Boolean.TRUE.equals(signs.accepts()),
        now,
        wasWritable || Boolean.TRUE.equals(now),
        failures,
        since,
        verdict,
        found);
  }

  /** What a check has found. */
  private record Finding(Verdict verdict, String found) {}

  /** The course after one more check. */
  Course after(Signs signs, Instant at, Rules rules) {
    return seen(signs).judged(signs, at, rules);
  }

  private Course judged(Signs signs, Instant at, Rules rules) {
    Finding finding = finding(signs, at, rules);
    Double told = signs.state() == Signs.State.PAUSED ? uptime : signs.uptime();
    if (finding == null) {
      return new Course(kernel, first, told, accepted, writable, wasWritable, 0, null, null, "");
    }
    return new Course(
        kernel,
        first,
        told == null ? uptime : told,
        accepted,
        writable,
        wasWritable,
        failures + 1,
        since == null ? at : since,
        finding.verdict(),
        finding.found());
  }

  private @Nullable Finding finding(Signs signs, Instant at, Rules rules) {
    if (signs.state() == Signs.State.GONE) {
      return new Finding(Verdict.DEAD, "process " + kernel.pid() + " is gone");
    } else if (signs.state() == Signs.State.PAUSED) {
      return null;
    } else if (signs.uptime() == null) {
      return new Finding(Verdict.KERNEL_HUNG, "no answer to 'proc uptime' on its mconsole");
    } else if (Objects.equals(signs.uptime(), uptime)) {
      return new Finding(Verdict.KERNEL_HUNG, "its clock stands still at " + uptime + " s");
    } else if (wasWritable && Boolean.FALSE.equals(writable)) {
      return new Finding(Verdict.ROOT_READ_ONLY, "its kernel writes to it no more, and did before");
    } else if (!signs.silent().isEmpty()) {
      String silent =
          signs.silent().stream()
              .map(one -> one.address().toString())
              .sorted()
              .collect(Collectors.joining(", "));
      return new Finding(Verdict.NETWORK_WRONG, "no answer to pings of " + silent);
    } else if (Boolean.FALSE.equals(signs.accepts())
        && (accepted || !at.isBefore(first.plus(rules.settling(signs.busy()))))) {
      return new Finding(Verdict.USER_SPACE_HUNG, "its port accepts no connection");
    }
    return null;
  }

  /** Whether nudges did not help, or cannot. */
  boolean isAiling(Rules rules) {
    return needsNoSecondLook() || failures >= rules.checks();
  }

  private boolean needsNoSecondLook() {
    return verdict == Verdict.DEAD || verdict == Verdict.ROOT_READ_ONLY;
  }

  /** What to try now; null for nothing. */
  @Nullable Nudge nudge(Rules rules) {
    return failures == 0 || isAiling(rules) ? null : Nudge.LADDER.get(nudges() - 1);
  }

  private int nudges() {
    return Math.min(failures, Nudge.LADDER.size());
  }

  /** What was found, how often, and what was tried, for a person. */
  String detail(Rules rules) {
    if (needsNoSecondLook()) {
      return found;
    }
    String tried =
        Nudge.LADDER.stream()
            .limit(Math.min(nudges(), rules.checks() - 1))
            .map(Nudge::words)
            .collect(Collectors.joining(", "));
    return found + " in " + rules.checks() + " checks; tried in between: " + tried;
  }
}
