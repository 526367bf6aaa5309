package dev.fjord.watch;

import dev.fjord.model.ResourceName;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Checks the instances of a host, one round after another. Runs go on beside the rounds: they
 * report what they change by {@link #begins} and {@link #ended}, from any thread, and the watch
 * leaves that instance alone meanwhile.
 */
public final class Watch {
  /** Smaller adjustments of the clock happen all the time. */
  private static final Duration SLEWED = Duration.ofSeconds(2);

  private final WatchedHost host;
  private final Rules rules;
  private final InstantSource clock;
  private final Consumer<HealthEvent> events;
  private final Set<ResourceName> changing = new HashSet<>();
  private final Set<ResourceName> touched = new HashSet<>();
  private HealthEvaluator evaluator;
  private Instant latest = Instant.MIN;
  private @Nullable HealthReport left;

  /**
   * @param earlier what an earlier agent left
   * @param events takes each change in an instance's health, once
   */
  public Watch(
      WatchedHost host,
      Rules rules,
      HealthReport earlier,
      InstantSource clock,
      Consumer<HealthEvent> events) {
    this.host = host;
    this.rules = rules;
    this.evaluator = new HealthEvaluator(rules, earlier);
    this.clock = clock;
    this.events = events;
  }

  /** Checks all instances once; returns whether a run should begin at once. */
  public boolean check() {
    List<Watched> watched = host.watched();
    synchronized (this) {
      touched.clear();
      touched.addAll(changing);
    }
    List<Watched> quiet = watched.stream().filter(one -> !isTouched(one.name())).toList();
    Map<ResourceName, ProbeResult> results = host.ask(quiet);
    HealthEvaluator.Assessment assessment = evaluate(new ProbeRound(watched, results));
    assessment.events().forEach(events);
    assessment
        .nudges()
        .forEach((one, nudge) -> {
          if (!isTouched(one.name())) {
            host.nudge(one, nudge);
          }
        });
    leave(assessment.report());
    return assessment.look();
  }

  private synchronized HealthEvaluator.Assessment evaluate(ProbeRound round) {
    Instant now = now();
    if (latest.isAfter(now.plus(SLEWED))) {
      // All that it remembers lies in the future by the new clock: nothing would ever be due.
      evaluator = new HealthEvaluator(rules, evaluator.knownAt(now));
      left = null;
    }
    latest = now;
    return evaluator.evaluate(round, Set.copyOf(touched), now);
  }

  /** In whole seconds, as people read it. */
  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }

  private synchronized boolean isTouched(ResourceName name) {
    return touched.contains(name);
  }

  /** Published again while an instance ails: an old report is not believed. */
  private void leave(HealthReport report) {
    boolean same =
        left != null
            && left.repairs().equals(report.repairs())
            && left.ailments().isEmpty()
            && report.ailments().isEmpty();
    if (!same) {
      host.note(report);
      left = report;
    }
  }

  /**
   * A run begins to change an instance.
   *
   * @param repairs whether it is restarted because it ails
   */
  public synchronized void begins(ResourceName name, boolean repairs) {
    changing.add(name);
    touched.add(name);
    if (repairs) {
      evaluator.repaired(name, now());
    }
  }

  /**
   * A run has changed an instance, or tried to.
   *
   * @param onPurpose whether a document or a person asked for it, so that earlier repairs no longer
   *     count
   */
  public synchronized void ended(ResourceName name, boolean onPurpose) {
    changing.remove(name);
    if (onPurpose) {
      evaluator.forgive(name);
    }
  }
}
