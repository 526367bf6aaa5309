package dev.fjord.host.linux.daemon;

import dev.fjord.json.FileFormat;
import dev.fjord.model.Layout;
import dev.fjord.model.ObservedDaemon.Kind;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Starts;
import dev.fjord.problem.Problem;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * When daemons were started since the host booted. One that ends again and again is started at
 * once, then after 5, 10, 20 s … at most 5 minutes, until it has run for 10 minutes.
 */
final class DaemonLog {
  static final Duration REMEMBERED = Duration.ofMinutes(10);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
  private static final int KEPT = 20;
  private static final String SUFFIX = ".json";

  static final FileFormat<Entry> FORMAT =
      new FileFormat<>(
          Entry.class,
          1,
          64 << 10,
          "Nothing on this host is changed meanwhile, and what runs goes on.");

  private final Layout layout;
  private final InstantSource clock;

  DaemonLog(Layout layout, InstantSource clock) {
    this.layout = layout;
    this.clock = clock;
    FORMAT.learn();
  }

  /** The latest starts, oldest first. */
  record Entry(List<Instant> starts) {
    Entry {
      starts = List.copyOf(starts);
    }
  }

  /** The starts of a daemon that no longer runs. */
  Starts starts(Kind kind, ResourceName network) {
    Instant now = clock.instant();
    List<Instant> recent =
        read(kind, network).starts().stream()
            .filter(start -> start.isAfter(now.minus(REMEMBERED)) && !start.isAfter(now))
            .toList();
    if (recent.size() < 2) {
      return new Starts(Math.max(1, recent.size()), null); // It was started: it has died.
    }
    Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(recent.size() - 2, 10));
    Duration bounded = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    return new Starts(recent.size(), recent.get(recent.size() - 1).plus(bounded));
  }

  void begin(Kind kind, ResourceName network) {
    List<Instant> starts = new ArrayList<>(read(kind, network).starts());
    starts.add(clock.instant());
    Entry entry = new Entry(starts.subList(Math.max(0, starts.size() - KEPT), starts.size()));
    FORMAT.writeForThisBoot(file(kind, network), entry);
  }

  void forget(Kind kind, ResourceName network) {
    try {
      Files.deleteIfExists(file(kind, network));
    } catch (IOException e) {
      throw Problem.of("write-failed", "removing " + file(kind, network) + " failed")
          .detail(e.toString())
          .asException(e);
    }
  }

  /** The switches for which one was started and not ended on purpose. */
  List<ResourceName> known(Kind kind) {
    List<ResourceName> known = new ArrayList<>();
    String prefix = kind.program() + "-";
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(layout.daemons(), prefix + "*" + SUFFIX)) {
      for (Path file : files) {
        String text = file.getFileName().toString();
        String name = text.substring(prefix.length(), text.length() - SUFFIX.length());
        if (name.matches(ResourceName.PATTERN)) {
          known.add(new ResourceName(name));
        }
      }
    } catch (NoSuchFileException none) {
      return List.of();
    } catch (IOException | DirectoryIteratorException e) {
      throw Problem.of("daemons-unreadable", "listing " + layout.daemons() + " failed")
          .detail(e.toString())
          .asException(e);
    }
    return known;
  }

  /** Where both streams of the program go, up to what its limits let it write. */
  Path output(Kind kind, ResourceName network) {
    return layout.daemons().resolve(kind.program() + "-" + network + ".log");
  }

  private Path file(Kind kind, ResourceName network) {
    return layout.daemons().resolve(kind.program() + "-" + network + SUFFIX);
  }

  private Entry read(Kind kind, ResourceName network) {
    Entry entry = FORMAT.orNull(file(kind, network));
    return entry == null ? new Entry(List.of()) : entry; // It says when to try again, no more.
  }
}
