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
 * Checks the instances of a host, one round after another. Beside the rounds a run goes on: what it
 * changes is told by {@link #begins} and {@link #ended}, from any thread, and is left alone
 * meanwhile.
 */
public final class Watch {
  /** The clock is set by less than that all the time. */
  private static final Duration SLEWED = Duration.ofSeconds(2);

  private final WatchedHost host;
  private final Rules rules;
  private final InstantSource clock;
  private final Consumer<News> news;
  private final Set<ResourceName> changing = new HashSet<>();
  private final Set<ResourceName> touched = new HashSet<>();
  private Judge judge;
  private Instant latest = Instant.MIN;
  private @Nullable Noted left;

  /**
   * @param earlier what an earlier agent left
   * @param news told once, when something becomes so
   */
  public Watch(
      WatchedHost host, Rules rules, Noted earlier, InstantSource clock, Consumer<News> news) {
    this.host = host;
    this.rules = rules;
    this.judge = new Judge(rules, earlier);
    this.clock = clock;
    this.news = news;
  }

  /** Checks everybody once; whether a run should begin at once. */
  public boolean check() {
    List<Watched> watched = host.watched();
    synchronized (this) {
      touched.clear();
      touched.addAll(changing);
    }
    List<Watched> quiet = watched.stream().filter(one -> !isTouched(one.name())).toList();
    Map<ResourceName, Signs> signs = host.ask(quiet);
    Judge.Sentence sentence = judge(new Round(watched, signs));
    sentence.told().forEach(news);
    sentence
        .nudges()
        .forEach((one, nudge) -> {
          if (!isTouched(one.name())) {
            host.nudge(one, nudge);
          }
        });
    leave(sentence.noted());
    return sentence.look();
  }

  private synchronized Judge.Sentence judge(Round round) {
    Instant now = now();
    if (latest.isAfter(now.plus(SLEWED))) {
      // All that it remembers is of a time that is yet to come: nothing would ever be due.
      judge = new Judge(rules, judge.knownAt(now));
      left = null;
    }
    latest = now;
    return judge.judge(round, Set.copyOf(touched), now);
  }

  /** In whole seconds: people read it. */
  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }

  private synchronized boolean isTouched(ResourceName name) {
    return touched.contains(name);
  }

  /** Written again while somebody ails: what is old is not believed. */
  private void leave(Noted noted) {
    boolean same =
        left != null
            && left.repairs().equals(noted.repairs())
            && left.ailments().isEmpty()
            && noted.ailments().isEmpty();
    if (!same) {
      host.note(noted);
      left = noted;
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
      judge.repaired(name, now());
    }
  }

  /**
   * A run has changed an instance, or tried to.
   *
   * @param onPurpose whether somebody has asked for that, so that earlier repairs count no more
   */
  public synchronized void ended(ResourceName name, boolean onPurpose) {
    changing.remove(name);
    if (onPurpose) {
      judge.forgive(name);
    }
  }
}
