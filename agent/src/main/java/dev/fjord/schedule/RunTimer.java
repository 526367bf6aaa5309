package dev.fjord.schedule;

import dev.fjord.problem.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.function.Supplier;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.JobKey;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerKey;
import org.quartz.impl.StdSchedulerFactory;
import org.quartz.impl.matchers.GroupMatcher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls a run again and again: when its wait is over, or at once when that is asked for. Runs never
 * overlap; asking during one gives another one after it. Beside the runs go checks that hinder no
 * run, each on a schedule of its own and never overlapping itself.
 *
 * <p>Quartz waits until a time of day. Where the clock of the host is set, all of them begin at
 * once, and wait anew: set back by a year, they would wait for a year.
 */
final class RunTimer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunTimer.class);

  private static final JobKey RUN = JobKey.jobKey("reconcile");

  private final Scheduler scheduler;
  private final Thread clock;

  /**
   * Starts with a run at once.
   *
   * @param run does one run, and answers how long to wait for the next
   * @param beside what goes on beside the runs, by name; each answers the same
   */
  RunTimer(Supplier<Duration> run, Map<String, Beside> beside) {
    try {
      scheduler = new StdSchedulerFactory(settings(1 + beside.size())).getScheduler();
      add(RUN, run);
      for (Map.Entry<String, Beside> one : beside.entrySet()) {
        add(JobKey.jobKey(one.getKey()), one.getValue().work());
      }
      scheduler.start();
      now();
      for (Map.Entry<String, Beside> one : beside.entrySet()) {
        Work.next(scheduler, JobKey.jobKey(one.getKey()), one.getValue().first());
      }
      clock = new ClockWatch(this::beginAll).start();
    } catch (SchedulerException e) {
      throw Problem.of("timer-failed", "the timer could not be started")
          .detail(e.toString())
          .asException(e);
    }
  }

  /**
   * What goes on beside the runs.
   *
   * @param first how long to wait before the first time
   */
  record Beside(Duration first, Supplier<Duration> work) {}

  private void add(JobKey key, Supplier<Duration> work) throws SchedulerException {
    scheduler.getContext().put(key.getName(), work);
    JobDetail job = JobBuilder.newJob(Work.class).withIdentity(key).storeDurably().build();
    scheduler.addJob(job, true);
  }

  private void beginAll(Duration setBy) {
    LOG.warn(
        "the clock of the host was set {} by {} s, or the host slept; looking again at once",
        setBy.isNegative() ? "back" : "forward",
        Math.round(setBy.abs().toMillis() / 1000.0));
    try {
      for (JobKey job : scheduler.getJobKeys(GroupMatcher.anyJobGroup())) {
        Work.next(scheduler, job, Duration.ZERO);
      }
    } catch (SchedulerException e) {
      LOG.error("what comes next could not be planned", e);
    }
  }

  private static Properties settings(int threads) {
    Properties settings = new Properties();
    settings.setProperty("org.quartz.scheduler.instanceName", "fjord");
    settings.setProperty("org.quartz.scheduler.skipUpdateCheck", "true");
    settings.setProperty("org.quartz.threadPool.class", "org.quartz.simpl.SimpleThreadPool");
    settings.setProperty("org.quartz.threadPool.threadCount", Integer.toString(threads));
    settings.setProperty("org.quartz.jobStore.class", "org.quartz.simpl.RAMJobStore");
    return settings;
  }

  /** Asks for a run at once. */
  void now() {
    try {
      scheduler.triggerJob(RUN);
    } catch (SchedulerException e) {
      throw Problem.of("timer-failed", "a run could not be asked for")
          .detail(e.toString())
          .asException(e);
    }
  }

  /** Lets a run in progress come to its end, and begins no other. */
  @Override
  public void close() {
    clock.interrupt();
    try {
      scheduler.shutdown(true);
    } catch (SchedulerException e) {
      throw Problem.of("timer-failed", "the timer could not be stopped")
          .detail(e.toString())
          .asException(e);
    }
  }

  /** What Quartz calls, for each of the jobs. */
  @DisallowConcurrentExecution
  public static final class Work implements Job {
    @Override
    @SuppressWarnings("unchecked") // Only the constructor above puts it there.
    public void execute(JobExecutionContext context) {
      try {
        Scheduler scheduler = context.getScheduler();
        JobKey job = context.getJobDetail().getKey();
        Supplier<Duration> work =
            Objects.requireNonNull((Supplier<Duration>) scheduler.getContext().get(job.getName()));
        next(scheduler, job, work.get());
      } catch (SchedulerException e) {
        throw new IllegalStateException("what comes next could not be planned", e);
      }
    }

    private static void next(Scheduler scheduler, JobKey job, Duration wait)
        throws SchedulerException {
      TriggerKey key = TriggerKey.triggerKey("next-" + job.getName());
      Trigger next =
          TriggerBuilder.newTrigger()
              .withIdentity(key)
              .forJob(job)
              .startAt(Date.from(Instant.now().plus(wait)))
              .build();
      if (scheduler.rescheduleJob(key, next) == null) {
        scheduler.scheduleJob(next);
      }
    }
  }
}
