package dev.fjord.app;

import dev.fjord.host.linux.LinuxHost;
import dev.fjord.host.linux.disk.ContentCheck;
import dev.fjord.host.linux.disk.Stores;
import dev.fjord.model.AgentSettings;
import dev.fjord.model.Upkeep;
import dev.fjord.plan.ChangedVersion;
import dev.fjord.plan.Step.Version;
import dev.fjord.plan.VerifiedVersion;
import dev.fjord.plan.VersionReferences;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import dev.fjord.schedule.ControlSocket;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads what is stored to its end, by the agent's timer or by a command. Needs no lock. */
final class StoreChecks {
  private static final Logger LOG = LoggerFactory.getLogger(StoreChecks.class);

  /**
   * A clock that was set, or a version that another process stored, is noticed within this time.
   */
  private static final Duration LONGEST_WAIT = Duration.ofHours(1);

  private final AgentSettings settings;
  private final ContentCheck check;
  private final Stores stores;

  StoreChecks(AgentSettings settings) {
    this.settings = settings;
    this.check = new ContentCheck(settings.layout());
    this.stores = new Stores(settings.layout(), Clock.systemUTC());
  }

  /**
   * Reads those that are due, one after another.
   *
   * @param stopping once true, no other is begun
   * @param look called when one has changed: a run reports it to all that it concerns
   * @return the time until the next is due, and a bit, so that many hosts do not read at once
   */
  Duration next(BooleanSupplier stopping, Runnable look) {
    for (Version version : check.due(Instant.now(), settings.verify())) {
      if (stopping.getAsBoolean()) {
        return LONGEST_WAIT;
      }
      Upkeep found = check.check(version);
      if (found != null && found.content() == Upkeep.Content.CHANGED) {
        LOG.warn("{} has changed; looking who stands on it", version.words());
        look.run();
      } else if (found != null) {
        LOG.info("{} was read to its end: its digest is right", version.words());
      }
    }
    Instant due = check.nextDue(settings.verify());
    Duration wait = due == null ? LONGEST_WAIT : Duration.between(Instant.now(), due);
    long millis = Math.clamp(wait.toMillis(), 1_000, LONGEST_WAIT.toMillis());
    return Duration.ofMillis(millis + ThreadLocalRandom.current().nextLong(1 + millis / 10));
  }

  List<VerifiedVersion> verify(String name, Consumer<String> passing) {
    List<VerifiedVersion> all = new ArrayList<>();
    for (Version version : stores.named(name)) {
      passing.accept("reading " + version.words());
      all.add(new VerifiedVersion(version, problem(version)));
    }
    return all;
  }

  private @Nullable Problem problem(Version version) {
    try {
      Upkeep found = check.check(version);
      return found != null && found.content() == Upkeep.Content.CHANGED
          ? ChangedVersion.alarm(version, found.found(), standing(version), stores.isBuilt(version))
          : null;
    } catch (ProblemException e) {
      return e.problem();
    }
  }

  private List<String> standing(Version version) {
    try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
      return new VersionReferences(new LinuxHost(settings, threads, Clock.systemUTC()).observe())
          .on(version);
    }
  }

  String repair(String name) {
    List<Version> named = stores.named(name);
    if (named.size() != 1) {
      throw Problem.of("ambiguous", "more than one stored version is called '" + name + "'")
          .detail(named.stream().map(Version::toString).collect(Collectors.joining("\n")))
          .hint("Name one of them.")
          .asException();
    }
    Version version = named.get(0);
    stores.askForRepair(version);
    try {
      ControlSocket.poke(settings.layout());
      return version.words() + " will be stored again: the agent begins a run.";
    } catch (ProblemException noAgent) {
      return version.words() + " will be stored again by the next run: 'fjord apply' begins one.";
    }
  }
}
