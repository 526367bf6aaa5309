package dev.fjord.host.linux.watch;

import dev.fjord.json.FileFormat;
import dev.fjord.model.Ailment;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.model.RunningKernel;
import dev.fjord.problem.ProblemException;
import dev.fjord.watch.HealthReport;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the watch has found, in the run directory: every process that plans reads it. A report that
 * cannot be read counts as none, so that no instance is reported as ailing unless the watch has
 * seen it.
 *
 * @param layout where it lies
 */
public record HealthReportFile(Layout layout) {
  /** 200 instances that all ail and have their repairs listed take less. */
  private static final int LONGEST = 4 << 20;

  static final FileFormat<StoredHealth> FORMAT =
      new FileFormat<>(
          StoredHealth.class, 1, LONGEST, "No machine is restarted because it ails meanwhile.");

  /**
   * Replaces it.
   *
   * @throws ProblemException {@link FileFormat#NEWER} among others: earlier repairs are not known
   */
  void write(HealthReport report) {
    FORMAT.writeForThisBoot(layout.watch(), StoredHealth.of(report));
  }

  /** As it was left, however long ago; null when there is none that this version can read. */
  public @Nullable HealthReport read() {
    try {
      StoredHealth stored = FORMAT.orNull(layout.watch());
      return stored == null ? null : stored.report();
    } catch (ProblemException newer) {
      return null; // The next write reports it.
    }
  }

  /**
   * What ails now. A report counts while its watch goes on, and for the kernel that runs, or for
   * one that has ended where none runs.
   */
  public Map<ResourceName, Ailment> ailments(
      Map<ResourceName, RunningKernel> running, Instant now) {
    HealthReport report = read();
    if (report == null || report.isStale(now)) {
      return Map.of();
    }
    Map<ResourceName, Ailment> ailments = new HashMap<>(report.ailments());
    ailments
        .entrySet()
        .removeIf(one -> {
          RunningKernel kernel = running.get(one.getKey());
          boolean dead = one.getValue().verdict() == Ailment.Verdict.DEAD;
          return kernel == null ? !dead : dead || kernel.pid() != one.getValue().pid();
        });
    return ailments;
  }
}
