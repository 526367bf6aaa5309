package dev.fjord.host.linux;

import dev.fjord.host.HostPort.Progress;
import dev.fjord.host.linux.disk.InstanceDisks;
import dev.fjord.host.linux.disk.RootMerge;
import dev.fjord.host.linux.uml.Appliance;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Rebase;
import dev.fjord.plan.Step.RebaseInstance;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Moves an instance to another version of its image, with what its partner has changed. It may be
 * cut off at any instant and begun again; the instance's record says what was done.
 */
final class Rebases {
  /** What a start says when the guest is at fault, and not the host. */
  private static final Set<String> GUESTS_FAULT = Set.of("kernel-died", "never-answered");

  private final InstanceDisks disks;
  private final Appliance appliance;

  Rebases(InstanceDisks disks, Appliance appliance) {
    this.disks = disks;
    this.appliance = appliance;
  }

  /**
   * Does it.
   *
   * @param runs whether a kernel of the instance's runs
   * @param stop ends it
   * @param start starts the instance and waits until it has answered
   */
  void perform(
      RebaseInstance step, boolean runs, Runnable stop, Runnable start, Progress progress) {
    InstanceRecord record = step.record();
    if (!runs || !disks.isCarriedOver(record)) {
      stop.run();
      leave(disks.carryOver(record, merge(step, progress), progress::rebased), progress);
    }
    try {
      start.run();
    } catch (ProblemException e) {
      throw GUESTS_FAULT.contains(e.problem().code()) ? rejected(record, e) : e;
    }
    leave(disks.update(record.withRebase(null)), progress);
  }

  private static void leave(@Nullable Problem left, Progress progress) {
    if (left != null) {
      progress.leave(left);
    }
  }

  private RootMerge merge(RebaseInstance step, Progress progress) {
    Appliance.Worker worker =
        new Appliance.Worker(
            step.launch().kernel(), step.launch().kernelDigest(), step.record().uid());
    return (oldImage, oldRoot, newImage, newRoot) -> {
      progress.report("carrying its files over, in a kernel of its own");
      return appliance.rebase(worker, new Appliance.Roots(oldImage, oldRoot, newImage, newRoot));
    };
  }

  private ProblemException rejected(InstanceRecord record, ProblemException why) {
    Rebase rebase = Objects.requireNonNull(record.rebase());
    disks.reject(record, why.problem());
    return Problem.of(
            "rebase-failed", "instance " + record.name() + " did not come up on " + rebase.to())
        .detail(why.problem().summary())
        .hint(
            "The next run puts it back on "
                + rebase.from()
                + ". Its root on "
                + rebase.to()
                + " goes to the trash, for whoever wants to look into it.")
        .asException(why);
  }
}
