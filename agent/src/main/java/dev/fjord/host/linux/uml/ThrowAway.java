package dev.fjord.host.linux.uml;

import dev.fjord.host.linux.group.MachineGroups;
import dev.fjord.model.ByteSize;
import dev.fjord.model.CpuShare;
import dev.fjord.model.Layout;
import dev.fjord.plan.Step.Bounds;
import dev.fjord.process.Command;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * Programs that have one job, run to their end: kernels, some of which read what a partner wrote,
 * and the stages of builds. Each is in a control group of its own, as a machine is. Safe for use by
 * many threads.
 */
public final class ThrowAway {
  private static final Duration ENDING = Duration.ofSeconds(1);

  private final MachineGroups groups;

  public ThrowAway(Layout layout) {
    this.groups = new MachineGroups(layout);
  }

  /**
   * Runs it in its group from its first instruction on.
   *
   * @param job for the group's name, {@code trial}
   * @param memory of its guest, or what it may have itself
   * @param words that confine it, see {@link Confinement#words}; it reads nothing
   */
  public Command.Output run(String job, ByteSize memory, List<String> words, Duration timeout) {
    String group = job + "-" + UUID.randomUUID().toString().substring(0, 8);
    try {
      return Command.of(words)
          .heldBack()
          .timeout(timeout)
          .run(pid -> groups.holdBeside(group, new Bounds(memory, CpuShare.USUAL), List.of(pid)));
    } finally {
      Polling.until(ENDING, () -> groups.forgetBeside(group));
    }
  }
}
