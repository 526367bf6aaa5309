package dev.fjord.host.linux.uml;

import dev.fjord.file.FileMemory;
import dev.fjord.json.FileFormat;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Starts;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How the starts of each instance went since the host booted, kept in the run directory so that an
 * agent that is killed midway leaves it to the next. Starts that fail in a row are spread: 5 s, 10
 * s, 20 s … at most 5 minutes apart. A kernel that dies within 5 minutes of being ready failed,
 * too, else a crash loop would never slow down; but the first such death waits for nothing, since
 * that is what a reboot inside the guest looks like.
 */
public final class StartLog {
  static final Duration LASTING = Duration.ofMinutes(5);

  private static final int LONGEST_FILE = 64 << 10;

  static final FileFormat<Entry> FORMAT =
      new FileFormat<>(
          Entry.class,
          1,
          LONGEST_FILE,
          "Nothing on this host is changed meanwhile, and what runs goes on.");

  private final Layout layout;
  private final InstantSource clock;
  private final FileMemory<Entry> read = new FileMemory<>();

  public StartLog(Layout layout, InstantSource clock) {
    this.layout = layout;
    this.clock = clock;
    FORMAT.learn();
  }

  /**
   * What is kept.
   *
   * @param begun a start whose outcome is not known yet; null for none
   * @param awaitedBy the process that waits for that outcome; null exactly when {@code begun} is
   * @param ready the kernel that answered last; null when none did since the last failure
   * @param readySince null exactly when {@code ready} is
   * @param deaf the kernel that did not take up a new tap; null for none
   * @param killed processes that its control group had lost to lack of memory when the start began;
   *     null in a log of an earlier version of fjord
   * @param down whether no kernel was started since the last one was seen to have ended
   */
  record Entry(
      int failures,
      @Nullable Instant notBefore,
      @Nullable Instant begun,
      @Nullable KernelProcess awaitedBy,
      @Nullable KernelProcess ready,
      @Nullable Instant readySince,
      @Nullable KernelProcess deaf,
      @Nullable Long killed,
      boolean down) {
    static final Entry NONE = new Entry(0, null, null, null, null, null, null, null, true);

    Entry deafTo(KernelProcess kernel) {
      return new Entry(
          failures, notBefore, begun, awaitedBy, ready, readySince, kernel, killed, down);
    }

    Entry settled() {
      return new Entry(failures, notBefore, null, null, null, null, deaf, killed, down);
    }

    Entry ready(KernelProcess kernel, Instant since) {
      return new Entry(failures, null, null, null, kernel, since, null, killed, false);
    }

    Entry failed(int times, Instant next, boolean ended) {
      return new Entry(times, next, null, null, null, null, null, killed, ended);
    }

    Entry ended() {
      return new Entry(failures, notBefore, null, null, null, null, null, null, true);
    }
  }

  /**
   * The state of an instance's last start.
   *
   * @param isUnderWay whether its outcome is not known yet, and a process waits for it
   * @param ready the kernel that answered; null when none did
   * @param due when the next try is due, after a failure; null for none
   */
  public record LastStart(
      boolean isUnderWay, @Nullable KernelProcess ready, @Nullable Instant due) {}

  public LastStart last(ResourceName name) {
    Entry entry = read(name);
    return new LastStart(isAwaited(entry), entry.ready(), entry.notBefore());
  }

  /** How an instance's starts went, for the plan. */
  public Starts starts(ResourceName name) {
    Entry entry = read(name);
    if (lasted(entry)) {
      return Starts.NONE;
    }
    Instant latest = clock.instant().plus(Starts.LONGEST_PAUSE);
    Instant notBefore = entry.notBefore();
    // A clock that was set back must not hold an instance down for longer than was meant.
    return new Starts(
        entry.failures(), notBefore != null && notBefore.isAfter(latest) ? latest : notBefore);
  }

  /** Whether this kernel has answered since it was started. */
  public boolean isReady(ResourceName name, KernelProcess kernel) {
    return kernel.equals(read(name).ready());
  }

  /** Whether this kernel was seen not to take up a new tap: it needs a restart. */
  boolean isDeaf(ResourceName name, KernelProcess kernel) {
    return kernel.equals(read(name).deaf());
  }

  /** This kernel did not take up a new tap. */
  void noteDeaf(ResourceName name, KernelProcess kernel) {
    write(name, read(name).deafTo(kernel));
  }

  /**
   * Whether no kernel of it was started since the host booted, or since the last one was noted to
   * have ended.
   */
  boolean isDown(ResourceName name) {
    return read(name).down();
  }

  /** How many processes its control group had lost to lack of memory when its start began. */
  long killedBefore(ResourceName name) {
    return Objects.requireNonNullElse(read(name).killed(), 0L);
  }

  /** A start begins, and this process waits for its outcome. */
  public void begin(ResourceName name) {
    begin(name, 0);
  }

  /**
   * A start begins, and this process waits for its outcome.
   *
   * @param killed processes that its control group has lost to lack of memory so far
   */
  void begin(ResourceName name, long killed) {
    begin(name, Proc.process(ProcessHandle.current().pid()), killed);
  }

  void begin(ResourceName name, @Nullable KernelProcess awaitedBy, long killed) {
    Entry old = read(name);
    Instant now = clock.instant();
    write(
        name,
        new Entry(
            old.failures(), old.notBefore(), now, awaitedBy, null, null, null, killed, false));
  }

  /** The guest answers. */
  public void ready(ResourceName name, KernelProcess kernel) {
    write(name, read(name).ready(kernel, clock.instant()));
  }

  /**
   * No start is under way, and this kernel runs. A start that a killed agent left open is closed
   * here: otherwise that kernel would never be watched.
   *
   * @param answers whether the guest does
   */
  public void settle(ResourceName name, KernelProcess kernel, boolean answers) {
    Entry entry = read(name);
    if (entry.begun() == null) {
      return;
    } else if (answers) {
      ready(name, kernel);
    } else {
      giveUp(name);
    }
  }

  /**
   * No process waits any more for the start that has begun, which has neither succeeded nor failed.
   */
  public void giveUp(ResourceName name) {
    write(name, read(name).settled());
  }

  /** A start failed: the kernel died. */
  public void failed(ResourceName name) {
    failed(name, true);
  }

  /**
   * A start failed.
   *
   * @param ended whether the kernel did; if not, its guest does not answer
   */
  void failed(ResourceName name, boolean ended) {
    Entry entry = read(name);
    int failures = lasted(entry) ? 1 : entry.failures() + 1;
    boolean rebooted = failures == 1 && entry.ready() != null;
    Duration pause = rebooted ? Duration.ZERO : Starts.pauseAfter(failures);
    write(name, entry.failed(failures, clock.instant().plus(pause), ended));
  }

  /**
   * To be called whenever a look finds no kernel for an instance that was not asked to stop. It
   * counts a death once, however often it is called; a death during a start is counted by the
   * process that waits for that start.
   */
  public void noteDeath(ResourceName name) {
    Entry entry = read(name);
    if (entry.down() || isAwaited(entry)) {
      return;
    } else if (lasted(entry)) {
      write(name, Entry.NONE);
    } else if (entry.ready() != null || entry.begun() != null) {
      failed(name);
    } else {
      write(name, entry.ended()); // Its start has failed already.
    }
  }

  /** The instance was stopped on purpose: its past no longer counts. */
  public void forget(ResourceName name) {
    try {
      Files.deleteIfExists(layout.starts(name));
    } catch (IOException e) {
      throw Problem.of("write-failed", "removing " + layout.starts(name) + " failed")
          .detail(e.toString())
          .asException(e);
    }
  }

  private static boolean isAwaited(Entry entry) {
    KernelProcess by = entry.awaitedBy();
    return entry.begun() != null && by != null && Proc.lives(by);
  }

  private boolean lasted(Entry entry) {
    Instant since = entry.readySince();
    Instant now = clock.instant();
    // After the clock was set back the time since then is not known: the kernel has the benefit of
    // the doubt.
    return since != null && (since.isAfter(now) || !now.isBefore(since.plus(LASTING)));
  }

  private Entry read(ResourceName name) {
    Path file = layout.starts(name);
    try {
      return read.of(file, FORMAT::read);
    } catch (NoSuchFileException none) {
      return Entry.NONE;
    } catch (ProblemException e) {
      if (FileFormat.isNewer(e)) {
        throw e;
      }
      return Entry.NONE; // It only says when to try again: trying at once does no harm.
    } catch (IOException e) {
      throw Problem.of("starts-unreadable", "reading " + file + " failed")
          .detail(e.toString())
          .asException(e);
    }
  }

  private void write(ResourceName name, Entry entry) {
    FORMAT.writeForThisBoot(layout.starts(name), entry);
  }
}
