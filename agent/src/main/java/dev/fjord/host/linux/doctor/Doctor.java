package dev.fjord.host.linux.doctor;

import dev.fjord.host.linux.group.MachineGroups;
import dev.fjord.host.linux.network.FilterProbe;
import dev.fjord.host.linux.uml.ConfinementProbe;
import dev.fjord.host.linux.uml.TunDevice;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Filters;
import dev.fjord.model.HostBounds;
import dev.fjord.model.Layout;
import dev.fjord.model.StoredKernel;
import dev.fjord.model.Surroundings;
import dev.fjord.problem.ProblemException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks whether this machine has what fjord needs. It changes nothing, and needs no settings file.
 */
public final class Doctor {
  /** A user id that owns nothing (Debian's base-passwd: nobody), as good as any instance's. */
  private static final int NOBODY = 65534;

  private final Layout layout;

  public Doctor(Layout layout) {
    this.layout = layout;
  }

  /**
   * Everything that was looked at, faults or none, in the order in which to mend it.
   *
   * @param promisedMemory to all instances together; null when not known
   * @param kernels in the store, with the results of trying them
   * @param around what other programs rule on the host
   * @param filters in force; null for none
   */
  public List<Finding> examine(
      @Nullable ByteSize promisedMemory,
      List<StoredKernel> kernels,
      Surroundings around,
      @Nullable Filters filters) {
    List<Finding> findings = new ArrayList<>();
    findings.addAll(new Programs().examine());
    findings.add(new Programs().builds());
    findings.add(new Programs().switches());
    findings.add(new Programs().captures());
    findings.addAll(new HostSettings(HostFiles.REAL).examine());
    findings.add(
        probe("confinement", "programs can be confined", () -> ConfinementProbe.run(NOBODY)));
    findings.add(bounds(new MachineGroups(layout).real()));
    findings.add(probe("filters", "guests can be held to their addresses", FilterProbe::run));
    findings.add(probe("/dev/net/tun", "there", TunDevice::check));
    findings.addAll(new Room(HostFiles.REAL).examine(layout, promisedMemory));
    findings.addAll(new OtherRulers(around, filters).examine());
    kernels.forEach(kernel -> findings.add(trial(kernel)));
    return findings;
  }

  private static Finding probe(String name, String found, Runnable check) {
    try {
      check.run();
      return Finding.ok(name, found);
    } catch (ProblemException e) {
      return Finding.fault(name, e.problem());
    }
  }

  /** Which bounds of machines are real here; shares of disks are not set on any host yet. */
  static Finding bounds(HostBounds bounds) {
    return bounds.missing().equals(List.of(HostBounds.Bound.IO))
        ? Finding.ok("bounds of machines", bounds.words())
        : Finding.warning(
            "bounds of machines",
            bounds.words(),
            "A machine can take what is not bounded from the others. Mount the control groups of"
                + " cpu, memory and pids, writable for root (cgroups(7)).");
  }

  static Finding trial(StoredKernel kernel) {
    String name = "kernel " + kernel.name() + "@" + kernel.digest().brief();
    if (kernel.trial() == null) {
      return Finding.warning(
          name,
          "not tried on this host as it is now",
          "The next apply tries it; it takes a second.");
    }
    return switch (kernel.trial().verdict()) {
      case BOOTS -> Finding.ok(name, "boots");
      case BOOTS_WITH_XSAVE_LIBRARY ->
          Finding.ok(name, "boots, with fjord's library for this processor's large XSAVE area");
      case FAILS ->
          Finding.fault(
              name,
              "does not boot: " + kernel.trial().message(),
              "Name another kernel in the repository; one of 6.13 or newer knows this processor.");
    };
  }
}
