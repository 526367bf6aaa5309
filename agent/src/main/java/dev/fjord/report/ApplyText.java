package dev.fjord.report;

import dev.fjord.apply.ApplyListener;
import dev.fjord.apply.Outcome;
import dev.fjord.plan.Change;
import dev.fjord.plan.Plan;
import dev.fjord.problem.Printable;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Reports an apply as it goes on, in lines that read well on a terminal and in a log: seconds since
 * the beginning, the number of the change, what became of it. No line is ever taken back.
 */
public final class ApplyText implements ApplyListener {
  private static final Duration QUIET = Duration.ofSeconds(3);

  private final Consumer<String> lines;
  private final LongSupplier nanos;
  private final long begin;
  private final Map<String, Integer> numbers = new HashMap<>();
  private final Map<String, Long> lastTold = new HashMap<>();
  private int total;

  /**
   * Begins to count the time.
   *
   * @param lines given one line at a time, without its end
   * @param nanos a clock such as {@link System#nanoTime}
   */
  public ApplyText(Consumer<String> lines, LongSupplier nanos) {
    this.lines = lines;
    this.nanos = nanos;
    this.begin = nanos.getAsLong();
  }

  @Override
  public synchronized void planned(Plan plan) {
    total = plan.changes().size();
    if (total > 0) {
      lines.accept(PlanText.totals(plan));
    }
  }

  @Override
  public synchronized void started(Change change) {
    say(change, "...");
  }

  @Override
  public synchronized void progress(Change change, String message) {
    long last = lastTold.getOrDefault(change.id(), Long.MIN_VALUE);
    if (last == Long.MIN_VALUE || nanos.getAsLong() - last >= QUIET.toNanos()) {
      say(change, "... " + Printable.line(message));
    }
  }

  @Override
  public synchronized void ended(Change change, Outcome outcome) {
    switch (outcome.status()) {
      case DONE -> say(change, "... done (" + Words.took(outcome.took()) + ")");
      case FAILED -> say(change, "... FAILED (" + Words.took(outcome.took()) + ")");
      case UNDER_WAY -> say(change, "... under way, and not waited for");
      case SKIPPED -> say(change, "... skipped");
    }
    if (outcome.problem() != null) {
      ProblemText.of(outcome.problem(), Paint.NONE)
          .lines()
          .forEach(line -> lines.accept("           " + line));
    }
    if (outcome.rebase() != null) {
      RebaseText.lines(outcome.rebase()).forEach(line -> lines.accept("           " + line));
    }
    lastTold.remove(change.id());
  }

  private void say(Change change, String what) {
    lastTold.put(change.id(), nanos.getAsLong());
    int number = numbers.computeIfAbsent(change.id(), id -> numbers.size() + 1);
    int width = Integer.toString(total).length();
    String counted = String.format(Locale.ROOT, "[%" + Math.max(1, width) + "d/%d]", number, total);
    double seconds = Duration.ofNanos(nanos.getAsLong() - begin).toMillis() / 1000.0;
    lines.accept(
        String.format(
            Locale.ROOT, "%7.1f s %s %s %s", seconds, counted, Words.title(change), what));
  }
}
