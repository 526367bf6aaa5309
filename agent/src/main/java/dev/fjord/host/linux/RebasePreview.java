package dev.fjord.host.linux;

import dev.fjord.host.linux.disk.ImageStore;
import dev.fjord.host.linux.disk.InstanceDisks;
import dev.fjord.host.linux.store.RecordStore;
import dev.fjord.host.linux.uml.Appliance;
import dev.fjord.host.linux.uml.KernelPause;
import dev.fjord.host.linux.uml.KernelProcess;
import dev.fjord.host.linux.uml.KernelProcesses;
import dev.fjord.host.linux.uml.KernelTrial;
import dev.fjord.model.ImageVersion;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Layout;
import dev.fjord.model.RebaseReport;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.Problem;
import java.util.List;

/**
 * Reports what moving an instance to another version of its image would carry over. The instance
 * does not change. A running one writes out its data and is paused while its own blocks are copied:
 * a fraction of a second for a root that has diverged little.
 */
public final class RebasePreview {
  private final Layout layout;
  private final InstanceDisks disks;
  private final Appliance appliance;

  /** Of the host on which this process runs. */
  public RebasePreview(Layout layout) {
    this.layout = layout;
    KernelTrial trial = new KernelTrial(layout, LinuxHost.TRIAL_UID);
    this.appliance = new Appliance(layout, trial);
    this.disks = new InstanceDisks(layout, LinuxHost.growth(appliance));
  }

  /**
   * Carries the instance's root over, and throws the outcome away.
   *
   * @throws dev.fjord.problem.ProblemException when there is no such instance, the version is not
   *     stored, or it could not be carried over
   */
  public RebaseReport of(ResourceName instance, ImageVersion version) {
    InstanceRecord record = record(instance);
    Appliance.Worker worker =
        new Appliance.Worker(record.applied().kernel(), record.kernel(), record.uid());
    return disks.rehearse(
        record,
        version,
        (oldImage, oldRoot, newImage, newRoot) ->
            appliance.compare(worker, new Appliance.Roots(oldImage, oldRoot, newImage, newRoot)),
        copying -> still(record, copying));
  }

  /** The stored versions of an instance's image, but for the one that it stands on. */
  public List<ImageVersion> others(ResourceName instance) {
    ImageVersion stands = record(instance).version();
    return new ImageStore(layout)
        .observe().orThrow().stream()
            .filter(image -> image.name().equals(stands.image()))
            .map(image -> new ImageVersion(image.name(), image.digest()))
            .filter(version -> !version.equals(stands))
            .toList();
  }

  private InstanceRecord record(ResourceName instance) {
    InstanceRecord record = new RecordStore(layout).read(instance).value();
    if (record == null) {
      throw Problem.of("no-instance", "there is no instance " + instance + " on this host")
          .hint("'fjord status' names those that are there.")
          .asException();
    }
    return record;
  }

  private void still(InstanceRecord record, Runnable copying) {
    KernelProcess kernel = new KernelProcesses(layout).find(record.name(), record.uid());
    if (kernel == null) {
      copying.run();
    } else {
      new KernelPause(layout).during(record.name(), kernel, copying);
    }
  }
}
