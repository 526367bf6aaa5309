package dev.fjord.host.linux.usage;

import dev.fjord.json.FileFormat;
import dev.fjord.model.ByteSize;
import dev.fjord.model.DiskForecast;
import dev.fjord.model.DiskSample;
import dev.fjord.model.Layout;
import dev.fjord.problem.Checked;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How much of the disk was used, hour by hour, over the last two weeks: what a forecast is made
 * from. A sample is one statvfs(3), so that it costs the same for 200 instances as for none. Not
 * safe for use by many threads.
 */
public final class UseHistory {
  static final Duration INTERVAL = Duration.ofHours(1);

  /** A sample each hour of the window, and the one at each of its ends. */
  static final int MOST = (int) DiskForecast.WINDOW.dividedBy(INTERVAL) + 1;

  /** Several times what {@link #MOST} samples take. */
  private static final int LONGEST_FILE = 1 << 18;

  static final FileFormat<Kept> FORMAT =
      new FileFormat<>(
          Kept.class, 1, LONGEST_FILE, "The growth of the disk is not foretold meanwhile.");

  private static final String HINT =
      "Only the forecast of the disk's growth is made from it; the agent begins it anew.";

  private final Layout layout;
  private final InstantSource clock;
  private final Measure measure;
  private @Nullable Instant last;

  public UseHistory(Layout layout, InstantSource clock) {
    this(layout, clock, () -> used(Files.getFileStore(layout.state())));
  }

  UseHistory(Layout layout, InstantSource clock, Measure measure) {
    this.layout = layout;
    this.clock = clock;
    this.measure = measure;
  }

  private static ByteSize used(FileStore disk) throws IOException {
    return new ByteSize(disk.getTotalSpace() - disk.getUnallocatedSpace());
  }

  /**
   * Takes a sample, unless the last one is younger than an hour. A history that cannot be read is
   * begun anew: nothing but a forecast depends on it. One that a newer version of fjord left stays.
   *
   * @throws ProblemException when the sample could not be taken or kept; the history is as before
   */
  public void note() {
    Instant now = clock.instant();
    if (last != null && isRecent(last, now)) {
      return;
    }
    Checked<List<DiskSample>> kept = samples();
    List<DiskSample> samples = new ArrayList<>(kept.value() == null ? List.of() : kept.value());
    // The clock was set back: samples that lie in the future do not count.
    samples.removeIf(
        one -> one.at().isAfter(now) || one.at().isBefore(now.minus(DiskForecast.WINDOW)));
    last = samples.isEmpty() ? null : samples.get(samples.size() - 1).at();
    if (last != null && isRecent(last, now)) {
      return;
    }
    FORMAT.refuseToReplace(layout.diskUse());
    samples.add(sample(now));
    List<DiskSample> latest = samples.subList(Math.max(0, samples.size() - MOST), samples.size());
    FORMAT.write(layout.diskUse(), new Kept(latest));
    last = now;
  }

  private static boolean isRecent(Instant last, Instant now) {
    return !last.isAfter(now) && now.isBefore(last.plus(INTERVAL));
  }

  private DiskSample sample(Instant now) {
    try {
      return new DiskSample(now, measure.used());
    } catch (IOException e) {
      throw Problem.of("io-failed", "asking how much is used of " + layout.state() + " failed")
          .detail(e.toString())
          .asException(e);
    }
  }

  /** When the disk, with that much room left, would be full, by its history. */
  public DiskForecast forecast(ByteSize free) {
    List<DiskSample> kept = samples().value();
    return DiskForecast.of(kept == null ? List.of() : kept, free, clock.instant());
  }

  /** What was noted, oldest first; nothing before the first note. */
  public Checked<List<DiskSample>> samples() {
    Path file = layout.diskUse();
    try {
      return Checked.of(FORMAT.read(file).samples());
    } catch (NoSuchFileException none) {
      return Checked.of(List.of());
    } catch (IOException e) {
      return Checked.failed(
          Problem.of("io-failed", "reading " + file + " failed").detail(e.toString()).hint(HINT));
    } catch (ProblemException e) {
      return Checked.failed(FileFormat.isNewer(e) ? e.problem() : e.problem().hint(HINT));
    }
  }

  /** The file's content. */
  record Kept(List<DiskSample> samples) {
    Kept {
      samples = List.copyOf(samples);
    }
  }

  /** Asks the file system. */
  @FunctionalInterface
  interface Measure {
    ByteSize used() throws IOException;
  }
}
