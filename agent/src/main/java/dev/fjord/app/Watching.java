package dev.fjord.app;

import dev.fjord.apply.ApplyListener;
import dev.fjord.apply.Outcome;
import dev.fjord.host.linux.watch.HealthReportFile;
import dev.fjord.host.linux.watch.LinuxWatch;
import dev.fjord.model.AgentSettings;
import dev.fjord.model.Layout;
import dev.fjord.plan.Action;
import dev.fjord.plan.Cause;
import dev.fjord.plan.Change;
import dev.fjord.plan.Kind;
import dev.fjord.reconcile.RunResult;
import dev.fjord.schedule.Agent;
import dev.fjord.watch.HealthEvent;
import dev.fjord.watch.HealthReport;
import dev.fjord.watch.Rules;
import dev.fjord.watch.Watch;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The agent's watch over the instances that run, beside its runs. */
final class Watching implements ApplyListener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Watching.class);

  private final Duration interval;
  private final LinuxWatch host;
  private final Watch watch;

  private Watching(AgentSettings settings, Duration interval, Consumer<HealthEvent> events) {
    this.interval = interval;
    this.host = new LinuxWatch(settings.layout(), Clock.systemUTC());
    this.watch =
        new Watch(
            host,
            Rules.of(interval, settings.readyTimeout()),
            earlier(settings.layout()),
            Clock.systemUTC(),
            events);
  }

  /** With the interval of the settings, which is not null. */
  static Watching of(AgentSettings settings, Duration interval) {
    return new Watching(settings, interval, Watching::log);
  }

  private static void log(HealthEvent event) {
    if (event instanceof HealthEvent.Ails) {
      LOG.warn("{}", event.line());
    } else {
      LOG.info("{}", event.line());
    }
  }

  private static HealthReport earlier(Layout layout) {
    HealthReport report = new HealthReportFile(layout).read();
    return report == null ? HealthReport.NOTHING : report;
  }

  Agent.Check check() {
    return Agent.Check.every(
        interval,
        look -> {
          if (watch.check()) {
            look.run();
          }
        });
  }

  /** A run has ended. */
  void look(RunResult result) {
    if (result.observed() != null) {
      host.look(result.observed());
    }
  }

  @Override
  public void started(Change change) {
    if (change.kind() == Kind.INSTANCE) {
      host.forget(change.name());
      boolean repairs = change.cause() == Cause.RECOVERY && change.action() == Action.RESTART;
      watch.begins(change.name(), repairs);
    }
  }

  @Override
  public void ended(Change change, Outcome outcome) {
    boolean goesOn = outcome.status() == Outcome.Status.UNDER_WAY;
    if (change.kind() == Kind.INSTANCE && !goesOn) {
      watch.ended(change.name(), change.cause() == Cause.INTENDED);
    }
  }

  @Override
  public void close() {
    host.close();
  }
}
