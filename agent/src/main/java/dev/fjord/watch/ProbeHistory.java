package dev.fjord.watch;

import dev.fjord.model.Ailment.Verdict;
import dev.fjord.watch.Watched.Main;
import java.time.Instant;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the checks of one kernel have found so far.
 *
 * @param first when it was checked first
 * @param uptime as it answered last; null when it gave no answer
 * @param accepted whether its port has ever accepted a connection
 * @param writable whether its root was read-write at the last check that asked; null before that
 * @param wasWritable whether it ever was under this kernel: a root that never was is meant to be so
 * @param failures how many checks in a row found something wrong
 * @param since the time of the first of these; null exactly when there are none
 * @param verdict of the last of these; null exactly when there are none
 * @param found what that check found, a clause
 */
record ProbeHistory(
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
   * The history of a kernel that has not been asked yet.
   *
   * @param wasWritable what an earlier agent knew of it
   */
  static ProbeHistory of(Main kernel, Instant at, boolean wasWritable) {
    return new ProbeHistory(kernel, at, null, false, null, wasWritable, 0, null, null, "");
  }

  private ProbeHistory with(ProbeResult result) {
    Boolean now = result.writable() == null ? writable : result.writable();
    return new ProbeHistory(
        kernel,
        first,
        uptime,
        accepted || Boolean.TRUE.equals(result.accepts()),
        now,
        wasWritable || Boolean.TRUE.equals(now),
        failures,
        since,
        verdict,
        found);
  }

  /** What a check has found. */
  private record Finding(Verdict verdict, String found) {}

  /** The history after one more check. */
  ProbeHistory after(ProbeResult result, Instant at, Rules rules) {
    return with(result).assessed(result, at, rules);
  }

  private ProbeHistory assessed(ProbeResult result, Instant at, Rules rules) {
    Finding finding = finding(result, at, rules);
    Double answered = result.state() == ProbeResult.State.PAUSED ? uptime : result.uptime();
    if (finding == null) {
      return new ProbeHistory(
          kernel, first, answered, accepted, writable, wasWritable, 0, null, null, "");
    }
    return new ProbeHistory(
        kernel,
        first,
        answered == null ? uptime : answered,
        accepted,
        writable,
        wasWritable,
        failures + 1,
        since == null ? at : since,
        finding.verdict(),
        finding.found());
  }

  private @Nullable Finding finding(ProbeResult result, Instant at, Rules rules) {
    if (result.state() == ProbeResult.State.GONE) {
      return new Finding(Verdict.DEAD, "process " + kernel.pid() + " is gone");
    } else if (result.state() == ProbeResult.State.PAUSED) {
      return null;
    } else if (result.uptime() == null) {
      return new Finding(Verdict.KERNEL_HUNG, "no answer to 'proc uptime' on its mconsole");
    } else if (Objects.equals(result.uptime(), uptime)) {
      return new Finding(Verdict.KERNEL_HUNG, "its clock stands still at " + uptime + " s");
    } else if (wasWritable && Boolean.FALSE.equals(writable)) {
      return new Finding(Verdict.ROOT_READ_ONLY, "its kernel writes to it no more, and did before");
    } else if (!result.silent().isEmpty()) {
      String silent =
          result.silent().stream()
              .map(one -> one.address().toString())
              .sorted()
              .collect(Collectors.joining(", "));
      return new Finding(Verdict.NETWORK_WRONG, "no answer to pings of " + silent);
    } else if (Boolean.FALSE.equals(result.accepts())
        && (accepted || !at.isBefore(first.plus(rules.settling(result.busy()))))) {
      return new Finding(Verdict.USER_SPACE_HUNG, "its port accepts no connection");
    }
    return null;
  }

  /** Whether nudges have not helped, or cannot help. */
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

  /** What was found, how often, and what was tried: a sentence for people. */
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
