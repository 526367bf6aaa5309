package dev.fjord.host.linux.uml;

import dev.fjord.json.FileFormat;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Digest;
import dev.fjord.model.KernelVersion;
import dev.fjord.model.Layout;
import dev.fjord.model.QuickBoot;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Trial;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import dev.fjord.process.Command;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Boots a stored kernel once, for about a second, with no image: its root is the confined view of
 * this host, its init is {@code /bin/true}. The answer is kept beside the kernel for as long as
 * this host stays as it is.
 */
public final class KernelTrial {
  /** How init ended, as a kernel whose user space works reports it. */
  private static final String BOOTED = "exitcode=0x00000000";

  /** What a kernel before 6.13 says where the XSAVE area is larger than its buffer. */
  private static final List<String> SHORT_BUFFER = List.of("errno = 14", "exitcode=0x0000000b");

  private static final Path TRUE = Path.of("/bin/true");
  private static final Path SHM = Path.of("/dev/shm");
  private static final Duration ANSWER = Duration.ofSeconds(5);
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int KEPT = 2000;

  /** Holds the 64 MiB of memory; with less, 6.1 was seen to run out of it on some starts. */
  private static final ByteSize SCRATCH = ByteSize.mib(80);

  private static final ByteSize MEMORY = ByteSize.mib(64);

  /** A failure may have been the host's (no memory, no disk), so it is not believed for ever. */
  private static final Duration FAILURE_STANDS = Duration.ofMinutes(10);

  static final FileFormat<Kept> FORMAT =
      new FileFormat<>(Kept.class, 1, 64 << 10, "Its kernel is tried by each process meanwhile.");

  private final Layout layout;
  private final XsaveLibrary library;
  private final int uid;

  /**
   * @param uid the user that a kernel on trial runs as, which owns nothing
   */
  public KernelTrial(Layout layout, int uid) {
    this.layout = layout;
    this.library = new XsaveLibrary(layout);
    this.uid = uid;
  }

  /**
   * What is kept beside the kernel.
   *
   * @param millis how long the boot took; 0 in what an older agent kept
   */
  record Kept(Digest host, Instant tried, Trial trial, long millis) {
    /**
     * Whether it was tried a short while ago; false for a time in the future, where the clock was
     * set back since.
     */
    private boolean isRecent(Instant now) {
      return !tried.isAfter(now) && now.isBefore(tried.plus(FAILURE_STANDS));
    }

    boolean stands() {
      return host.equals(HostFingerprint.now())
          && trial.version() != null // An older agent did not ask for it.
          && (trial.usable() || isRecent(Instant.now()));
    }
  }

  /**
   * The answer that was kept, or null when this kernel was not tried on this host as it is, or
   * failed some while ago.
   */
  public @Nullable Trial known(ResourceName name, Digest digest) {
    Kept kept = kept(name, digest);
    return kept == null ? null : kept.trial();
  }

  /** How long the boot of a known trial took; zero when that is not known. */
  Duration took(ResourceName name, Digest digest) {
    Kept kept = kept(name, digest);
    return kept == null ? Duration.ZERO : Duration.ofMillis(kept.millis());
  }

  private @Nullable Kept kept(ResourceName name, Digest digest) {
    Kept kept = FORMAT.note(file(name, digest));
    return kept != null && kept.stands() ? kept : null; // To try again costs a second.
  }

  /** Tries the kernel and keeps the answer. The library is used only where it is seen to help. */
  public Trial of(ResourceName name, Digest digest) {
    long begun = System.nanoTime();
    Trial trial = boot(layout.kernelFolder(name, digest), layout.kernel(name, digest));
    long millis = Duration.ofNanos(System.nanoTime() - begun).toMillis();
    Kept kept = new Kept(HostFingerprint.now(), Instant.now(), trial, millis);
    FORMAT.keepNote(file(name, digest), kept);
    return trial;
  }

  /**
   * The library that a kernel is to be started with; null for none.
   *
   * @throws ProblemException when the kernel was not tried, or cannot boot on this host
   */
  @Nullable Path libraryFor(ResourceName name, Digest digest) {
    Trial known = known(name, digest);
    Trial trial = known == null ? of(name, digest) : known;
    return switch (trial.verdict()) {
      case BOOTS -> null;
      case BOOTS_WITH_XSAVE_LIBRARY -> library.compiled();
      case FAILS ->
          throw Problem.of("kernel-unusable", "kernel " + name + " does not boot on this host")
              .detail(trial.message())
              .hint("Use another kernel: fjord tries it when it is stored.")
              .asException();
    };
  }

  private Trial boot(Path folder, Path kernel) {
    Trial trial = verdict(folder, kernel);
    String version = trial.usable() ? version(folder, kernel) : "";
    return new Trial(trial.verdict(), trial.message(), version);
  }

  /**
   * The version that the kernel reports, confined as always; empty when it reports none. The kernel
   * boots, so that one that does not answer at once has none to report.
   */
  private String version(Path folder, Path kernel) {
    Confinement confinement =
        new Confinement(uid, SCRATCH)
            .asking(SyscallFilter.KERNEL.file(layout))
            .withoutNetwork()
            .readOnly(folder);
    List<String> words = confinement.words(List.of(kernel.toString(), "--version"));
    try {
      Command.Output output = new ThrowAway(layout).run("trial", MEMORY, words, ANSWER);
      return KernelVersion.parse(output.text().strip()).text();
    } catch (IllegalArgumentException | ProblemException none) {
      return "";
    }
  }

  private Trial verdict(Path folder, Path kernel) {
    String said = run(folder, kernel, null);
    if (said.contains(BOOTED)) {
      return new Trial(Trial.Verdict.BOOTS, "");
    }
    if (!SHORT_BUFFER.stream().allMatch(said::contains)) {
      return new Trial(Trial.Verdict.FAILS, tail(said));
    }
    String again = run(folder, kernel, library.compiled());
    return again.contains(BOOTED)
        ? new Trial(Trial.Verdict.BOOTS_WITH_XSAVE_LIBRARY, "")
        : new Trial(Trial.Verdict.FAILS, tail(again));
  }

  /** What a kernel says from its start to the end of its init. Its folder may hold libraries. */
  String run(Path folder, Path kernel, @Nullable Path preloaded) {
    Confinement confinement =
        new Confinement(uid, SCRATCH)
            .asking(SyscallFilter.KERNEL.file(layout))
            .withoutNetwork()
            .scratch(SHM, SCRATCH) // First: what comes later may lie in it.
            .readOnly(folder)
            .readOnly(TRUE)
            .variable("TMPDIR", SHM.toString());
    if (preloaded != null) {
      confinement.readOnly(preloaded).variable("LD_PRELOAD", preloaded.toString());
    }
    List<String> words = new ArrayList<>(List.of(kernel.toString(), "mem=64M"));
    words.addAll(List.of("rootfstype=hostfs", "rootflags=/", "init=" + TRUE, "con=null"));
    words.addAll(List.of("con0=null,fd:1", "panic=-1", "noreboot", "seccomp=off"));
    words.addAll(QuickBoot.words(false));
    words.addAll(List.of("umid=trial", "uml_dir=" + SHM + "/"));
    Command.Output output =
        new ThrowAway(layout).run("trial", MEMORY, confinement.words(words), TIMEOUT);
    return output.text() + output.error();
  }

  private static String tail(String said) {
    String harmless = PlainText.of(said).strip();
    return harmless.substring(Math.max(0, harmless.length() - KEPT));
  }

  private Path file(ResourceName name, Digest digest) {
    return layout.kernelFolder(name, digest).resolve("trial.json");
  }
}
