package dev.fjord.host.linux.disk;

import dev.fjord.host.HostPort.Progress;
import dev.fjord.host.linux.origin.Origin;
import dev.fjord.model.ByteSize;

/** Reports how far reading has come, seldom enough for a log. For one thread. */
final class Percent implements Origin.Gauge {
  private static final int REPORTS = 20;
  private static final long STEP_WITHOUT_END = 64 << 20;

  private final String what;
  private final Progress progress;
  private long told;

  /**
   * A gauge.
   *
   * @param what is read, as people call it ({@code image tiny})
   */
  Percent(String what, Progress progress) {
    this.what = what;
    this.progress = progress;
  }

  @Override
  public void read(long bytes, long of) {
    long step = of < 0 ? bytes / STEP_WITHOUT_END : bytes * REPORTS / Math.max(of, 1);
    if (step > told && bytes != of) {
      told = step;
      progress.report(
          what + ": " + (of < 0 ? mebibytes(bytes) : bytes * 100 / of + " % of " + mebibytes(of)));
    }
  }

  @Override
  public void goesOn(long bytes) {
    progress.report(what + ": goes on after " + mebibytes(bytes));
  }

  private static String mebibytes(long bytes) {
    return new ByteSize(bytes).mebibytes() + " MiB";
  }
}
