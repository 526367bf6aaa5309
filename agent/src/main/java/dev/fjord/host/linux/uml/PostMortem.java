package dev.fjord.host.linux.uml;

import dev.fjord.file.DurableFile;
import dev.fjord.host.linux.group.MachineGroups;
import dev.fjord.model.Death;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at what a dead kernel has left, before the next start takes it away: its terminal, with
 * what the console showed and how the process ended, and what its control group has lost to lack of
 * memory. Safe for use by many threads, one for each instance.
 *
 * <p>For a console to which no person has attached, its end is kept in a file of root's. For one on
 * which a person may have typed, only what the kernel itself wrote is kept, see {@link LastWords}.
 */
public final class PostMortem {
  private static final Logger LOG = LoggerFactory.getLogger(PostMortem.class);
  private static final int KEPT = 64 << 10;

  /** A kernel's parents end a moment after it, and the terminal reports it then. */
  private static final Duration ENDING = Duration.ofSeconds(5);

  private final Layout layout;
  private final StartLog log;
  private final InstantSource clock;
  private final ScreenSessions sessions;
  private final MachineGroups groups;
  private final Deaths deaths;

  public PostMortem(Layout layout, StartLog log, InstantSource clock) {
    this.layout = layout;
    this.log = log;
    this.clock = clock;
    this.sessions = new ScreenSessions(layout);
    this.groups = new MachineGroups(layout);
    this.deaths = new Deaths(layout);
  }

  /** How its kernel ended last; null when no such end is known. */
  public @Nullable Death last(ResourceName name) {
    return deaths.last(name);
  }

  /**
   * How its kernel ended, for an instance that is down because of that; null for one that was never
   * started since the host booted, was stopped, or runs.
   */
  public @Nullable Death why(ResourceName name) {
    return log.isDown(name) && Files.exists(layout.starts(name)) ? deaths.last(name) : null;
  }

  /**
   * To be called whenever a look finds no kernel for an instance that was not asked to stop. The
   * evidence is kept once, then the death counts. While a start is under way nothing happens.
   */
  public void note(ResourceName name) {
    if (log.isDown(name) || log.last(name).isUnderWay()) {
      return; // The code that waits for its start looks at what is left of it.
    }
    ScreenSessions.Session session = sessions.find(name);
    if (session != null && !hasEnded(name, session)) {
      return; // An agent was ended before its kernel was there.
    }
    LastWords words = session == null ? LastWords.NONE : lastWords(name, session);
    keep(words, layout.lastConsole(name));
    Death death = record(name, words);
    LOG.warn("instance {} has ended: {}", name, death.summary());
    death.lines().forEach(line -> LOG.warn("  {}", line));
    log.noteDeath(name);
    if (session != null) {
      sessions.end(session); // What was typed there is remembered no longer than needed.
    }
  }

  /** What a failed start has shown, and how its kernel ended, if it did. */
  String failed(ResourceName name, boolean ended) {
    ScreenSessions.Session session = sessions.find(name);
    LastWords words =
        session == null
            ? LastWords.NONE
            : ended && hasEnded(name, session) ? lastWords(name, session) : words(name, session);
    if (ended) {
      record(name, words);
    }
    String told = words.told();
    if (told.isEmpty()) {
      return words.typed()
          ? "The console was in use, so only what the kernel says is saved: nothing."
          : "The console showed nothing.";
    }
    keep(words, layout.bootOutput(name));
    return told + "\n(more in " + layout.bootOutput(name) + ")";
  }

  private boolean hasEnded(ResourceName name, ScreenSessions.Session session) {
    return Polling.until(ENDING, () -> sessions.running(name, session).isEmpty());
  }

  private LastWords words(ResourceName name, ScreenSessions.Session session) {
    String shown = sessions.shown(name, session);
    Integer exit = session.isRoots() ? null : sessions.exit(name);
    return new LastWords(shown, Files.exists(layout.consoleUsed(name)), exit);
  }

  /**
   * The last words of a kernel that has ended: the terminal reports its end a moment after its
   * process is gone.
   */
  private LastWords lastWords(ResourceName name, ScreenSessions.Session session) {
    LastWords[] words = {LastWords.NONE};
    Polling.until(
        ENDING,
        () -> {
          words[0] = words(name, session);
          return words[0].status() != null || !Proc.lives(session.process());
        });
    return words[0];
  }

  private Death record(ResourceName name, LastWords words) {
    KernelProcess kernel = log.last(name).ready();
    long killed = Math.max(0, groups.killed(name) - log.killedBefore(name));
    LastWords.Ending ending = words.ending(killed);
    Death death =
        new Death(
            clock.instant().truncatedTo(ChronoUnit.SECONDS),
            kernel == null ? null : (Long) kernel.pid(),
            ending.cause(),
            ending.summary(),
            words.kernelLines());
    Death before = deaths.last(name);
    // An agent that was killed in between looks twice.
    if (before == null || kernel == null || !Objects.equals(death.pid(), before.pid())) {
      write(() -> deaths.add(name, death));
    }
    return death;
  }

  private void keep(LastWords words, Path file) {
    byte[] bytes = words.kept().getBytes(StandardCharsets.UTF_8);
    int from = Math.max(0, bytes.length - KEPT);
    write(() -> DurableFile.write(file, Arrays.copyOfRange(bytes, from, bytes.length)));
  }

  /** A full disk keeps no machine down. */
  private static void write(Runnable write) {
    try {
      write.run();
    } catch (ProblemException e) {
      LOG.warn("{}", e.getMessage());
    }
  }
}
