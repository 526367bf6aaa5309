package dev.fjord.host.linux.names;

import dev.fjord.file.KernelText;
import dev.fjord.json.FileFormat;
import dev.fjord.model.Layout;
import dev.fjord.model.ObservedHosts;
import dev.fjord.plan.Step;
import dev.fjord.problem.ProblemException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The site's block in a hosts file of this host. */
public final class HostsFile {
  private static final Duration REMEMBERED = Duration.ofHours(1);

  static final FileFormat<Written> FORMAT =
      new FileFormat<>(Written.class, 1, 16 << 20, "The hosts file stays as it is.");

  private final SharedFile file;
  private final Layout layout;
  private final InstantSource clock;

  public HostsFile(Path file, Layout layout, InstantSource clock) {
    this.file = new SharedFile(file);
    this.layout = layout;
    this.clock = clock;
    FORMAT.learn();
  }

  /** What is kept until the host boots. */
  record Written(List<String> lines, List<Instant> repairs) {
    Written {
      lines = List.copyOf(lines);
      repairs = List.copyOf(repairs);
    }
  }

  public ObservedHosts observe() {
    Written written;
    try {
      written = written();
    } catch (ProblemException newer) {
      return new ObservedHosts(file.path(), null, Set.of(), null, List.of(), "", newer.problem());
    }
    List<Instant> repairs = written == null ? List.of() : written.repairs();
    List<String> lines = written == null ? null : written.lines();
    try {
      HostsText text = read();
      Set<String> taken = new HashSet<>(text.otherNames());
      taken.addAll(ownNames());
      return new ObservedHosts(
          file.path(), text.block(), taken, lines, repairs, suspects(text), null);
    } catch (ProblemException e) {
      return new ObservedHosts(file.path(), null, Set.of(), lines, repairs, "", e.problem());
    }
  }

  /** Writes the block; the rest of the file stays byte for byte, its mode and owner too. */
  public void write(Step.WriteHosts step) {
    HostsText text = read();
    String now = text.with(step.lines());
    Written before = written();
    List<Instant> repairs = new ArrayList<>(before == null ? List.of() : before.repairs());
    Instant at = clock.instant();
    repairs.removeIf(
        repair -> repair.isBefore(at.minus(REMEMBERED)) || repair.isAfter(at)); // Set back since.
    if (step.repair()) {
      repairs.add(at);
    }
    FORMAT.writeForThisBoot(layout.hostsWritten(), new Written(step.lines(), repairs));
    if (!now.equals(text.text())) {
      file.replace(now.getBytes(StandardCharsets.ISO_8859_1));
    }
  }

  private HostsText read() {
    byte[] bytes = file.read();
    return new HostsText(new String(bytes, StandardCharsets.ISO_8859_1), layout.state());
  }

  /**
   * What was written; null when it is damaged, since it only distinguishes a repair from a change.
   */
  private @Nullable Written written() {
    return FORMAT.orNull(layout.hostsWritten());
  }

  private static Set<String> ownNames() {
    try {
      String name =
          KernelText.read("/proc/sys/kernel/hostname", 256).strip().toLowerCase(Locale.ROOT);
      return new HashSet<>(List.of(name, name.split("\\.", 2)[0]));
    } catch (IOException unknown) {
      return Set.of();
    }
  }

  private String suspects(HostsText text) {
    List<String> told = new ArrayList<>();
    try {
      told.add("It was changed last at " + Files.getLastModifiedTime(file.path()).toInstant());
    } catch (IOException gone) {
      told.add("It was removed");
    }
    List<String> claims = text.claims();
    if (!claims.isEmpty()) {
      told.add("its comments say: " + String.join(" / ", claims));
    }
    return String.join("; ", told);
  }
}
