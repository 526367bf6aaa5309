package dev.fjord.host.linux.disk;

import dev.fjord.model.Digest;
import dev.fjord.model.Layout;
import dev.fjord.model.Upkeep;
import dev.fjord.plan.Step.Version;
import dev.fjord.problem.Problem;
import dev.fjord.process.Command;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads stored versions to their ends when nothing else wants the disk or a processor, to find what
 * their attributes cannot show, such as decay of the disk. It notes what it found and changes
 * nothing else, so that it needs no lock: a verdict on a file that was written meanwhile does not
 * count.
 */
public final class ContentCheck {
  /** 700 MiB take some seconds; a busy disk that gives the idle class nothing takes long. */
  private static final Duration LONGEST = Duration.ofHours(6);

  private static final List<String> LOW_PRIORITY = List.of("ionice", "-c3", "nice", "-n19");

  private final Stores stores;

  public ContentCheck(Layout layout) {
    this.stores = new Stores(layout, InstantSource.system());
  }

  /** Versions that were not read for {@code period}, longest ago first; those never read too. */
  public List<Version> due(Instant now, Duration period) {
    return files().stream()
        .filter(file -> !readAt(file).plus(period).isAfter(now))
        .sorted(Comparator.comparing(ContentCheck::readAt))
        .map(PinnedFile::version)
        .toList();
  }

  /** When the next version is due; null when none is stored. */
  public @Nullable Instant nextDue(Duration period) {
    return files().stream()
        .map(file -> readAt(file).plus(period))
        .min(Comparator.naturalOrder())
        .orElse(null);
  }

  private List<PinnedFile> files() {
    try {
      return stores.stored();
    } catch (IOException e) {
      throw DiskProblem.of("looking which images and kernels are stored", e);
    }
  }

  /** The time of its verdict is the time of the last check: an agent's restart skips none. */
  private static Instant readAt(PinnedFile file) {
    Verdict last = Verdict.in(file.notes().verdict());
    return last == null ? Instant.EPOCH : last.read();
  }

  /**
   * Reads one to its end. An interrupt ends it; then it is due as before.
   *
   * @return how it lies there now; null when it is not stored any more
   * @throws dev.fjord.problem.ProblemException when it could not be read
   */
  public @Nullable Upkeep check(Version version) {
    PinnedFile file = stores.file(version);
    Inspection inspection = new Inspection(file);
    try {
      if (!Folders.exists(file.place())) {
        return null;
      }
      if (Folders.isFile(file.place())) {
        Fingerprint before = Fingerprint.of(file.place());
        inspection.judge(digest(file.place()), before);
      }
      Upkeep seen = inspection.look(ImmutableFlag.of(List.of(file.place())).get(file.place()));
      for (WideImage wide : WideImage.of(stores.layout(), version)) {
        Upkeep copy = check(wide);
        seen = copy.content().compareTo(seen.content()) > 0 ? copy : seen;
      }
      return seen;
    } catch (IOException e) {
      throw DiskProblem.of("reading " + version.words() + " at " + file.place(), e);
    }
  }

  /**
   * This uses no program, since none hashes a part of a file. Most of the file is a hole, or in
   * memory by now.
   */
  private static Upkeep check(WideImage wide) throws IOException {
    PinnedFile file = wide.file();
    Inspection inspection = new Inspection(file);
    if (Folders.isFile(file.place())) {
      Fingerprint before = Fingerprint.of(file.place());
      inspection.judge(wide.digest(file.place()), before);
    }
    return inspection.look(ImmutableFlag.of(List.of(file.place())).get(file.place()));
  }

  private static Digest digest(Path place) {
    List<String> words = new ArrayList<>(LOW_PRIORITY);
    words.addAll(List.of("sha256sum", "--", place.toString()));
    String said = Command.of(words).timeout(LONGEST).output();
    if (!said.matches("(?s)[0-9a-f]{64} .*")) {
      throw Problem.of("unreadable", "sha256sum said no digest of " + place)
          .detail(said)
          .asException();
    }
    return new Digest(said.substring(0, 64));
  }
}
