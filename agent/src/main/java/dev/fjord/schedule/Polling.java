package dev.fjord.schedule;

import dev.fjord.problem.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
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

/**
 * Calls a run again and again: when its wait is over, or at once when somebody asks. Runs never
 * overlap; asking during one gives another one after it.
 */
final class Polling implements AutoCloseable {
  private static final JobKey JOB = JobKey.jobKey("reconcile");
  private static final TriggerKey NEXT = TriggerKey.triggerKey("next");
  private static final String RUN = "run";

  private final Scheduler scheduler;

  /**
   * Starts with a run at once.
   *
   * @param run does one run, and answers how long to wait for the next
   */
  Polling(Supplier<Duration> run) {
    try {
      scheduler = new StdSchedulerFactory(settings()).getScheduler();
      scheduler.getContext().put(RUN, run);
      JobDetail job = JobBuilder.newJob(Run.class).withIdentity(JOB).storeDurably().build();
      scheduler.addJob(job, true);
      scheduler.start();
      now();
    } catch (SchedulerException e) {
      throw Problem.of("timer-failed", "the timer could not be started")
          .detail(e.toString())
          .asException(e);
    }
  }

  private static Properties settings() {
    Properties settings = new Properties();
    settings.setProperty("org.quartz.scheduler.instanceName", "fjord");
    settings.setProperty("org.quartz.scheduler.skipUpdateCheck", "true");
    settings.setProperty("org.quartz.threadPool.class", "org.quartz.simpl.SimpleThreadPool");
    settings.setProperty("org.quartz.threadPool.threadCount", "1");
    settings.setProperty("org.quartz.jobStore.class", "org.quartz.simpl.RAMJobStore");
    return settings;
  }

  /** Asks for a run at once. */
  void now() {
    try {
      scheduler.triggerJob(JOB);
    } catch (SchedulerException e) {
      throw Problem.of("timer-failed", "a run could not be asked for")
          .detail(e.toString())
          .asException(e);
    }
  }

  /** Lets a run in progress come to its end, and begins no other. */
  @Override
  public void close() {
    try {
      scheduler.shutdown(true);
    } catch (SchedulerException e) {
      throw Problem.of("timer-failed", "the timer could not be stopped")
          .detail(e.toString())
          .asException(e);
    }
  }

  /** What Quartz calls. */
  @DisallowConcurrentExecution
  public static final class Run implements Job {
    @Override
    @SuppressWarnings("unchecked") // Only the constructor above puts it there.
    public void execute(JobExecutionContext context) {
      try {
        Scheduler scheduler = context.getScheduler();
        Supplier<Duration> run =
            Objects.requireNonNull((Supplier<Duration>) scheduler.getContext().get(RUN));
        Duration wait = run.get();
        Trigger next =
            TriggerBuilder.newTrigger()
                .withIdentity(NEXT)
                .forJob(JOB)
                .startAt(Date.from(Instant.now().plus(wait)))
                .build();
        if (scheduler.rescheduleJob(NEXT, next) == null) {
          scheduler.scheduleJob(next);
        }
      } catch (SchedulerException e) {
        throw new IllegalStateException("the next run could not be planned", e);
      }
    }
  }
}
