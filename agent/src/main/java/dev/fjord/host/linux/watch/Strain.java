package dev.fjord.host.linux.watch;

import dev.fjord.host.linux.uml.KernelProcess;
import dev.fjord.process.Effort;
import org.jspecify.annotations.Nullable;

/**
 * How a kernel and this host's processors stood at one check, to distinguish a kernel that hangs
 * from one that is kept from running. One that hangs sleeps, is stopped, or has a processor and
 * gets nowhere.
 *
 * @param nanos when, as {@link System#nanoTime}
 */
record Strain(KernelProcess kernel, long nanos, Effort effort) {
  /** With that share of a processor a kernel answers. */
  private static final double ENOUGH = 0.25;

  private static final double BUSY = 0.05;

  static Strain of(KernelProcess kernel) {
    return new Strain(kernel, System.nanoTime(), Effort.of(kernel.pid()));
  }

  /** Whether it wants a processor and has had too little of one, as far as that is known. */
  boolean isStarvedSince(@Nullable Strain before) {
    return effort.wantsProcessor() && shareSince(before) < ENOUGH;
  }

  boolean isBusySince(@Nullable Strain before) {
    return effort.wantsProcessor() || shareSince(before) >= BUSY;
  }

  private double shareSince(@Nullable Strain before) {
    if (before == null || !before.kernel.equals(kernel) || nanos <= before.nanos) {
      return 0;
    }
    long ran = effort.ranMillis() - before.effort.ranMillis();
    return ran * 1_000_000.0 / (nanos - before.nanos);
  }
}
