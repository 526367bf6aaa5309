package dev.fjord.host.linux.network;

import dev.fjord.file.KernelText;
import dev.fjord.problem.ProblemException;
import dev.fjord.process.Companion;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A program that waits for the kernel's reports of changes (netlink(7)), and writes them: ip(8),
 * tc(8) or nft(8), each as {@code monitor}. That it reports nothing proves that nothing changed
 * only when it is known to have reported everything: the kernel puts its message into the program's
 * socket before the call returns that makes the change, so nothing is on its way when that socket
 * is empty, has lost nothing, and the program waits for more. All of that is read from {@code
 * /proc}; where it cannot be read, its silence is never taken for proof. Not safe for use by many
 * threads.
 */
final class Monitor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Monitor.class);

  /** One that does not run here is not tried at each look. */
  private static final Duration PAUSE = Duration.ofMinutes(3);

  private static final int LIMIT = 1 << 20;

  /** Of a line of {@code /proc/net/netlink} (netlink_native_seq_show in af_netlink.c). */
  private static final int GROUPS = 3;

  private static final int QUEUED = 4;
  private static final int LOST = 8;
  private static final int INODE = 9;

  /** x86-64's poll, select, recvfrom, recvmsg, pselect6 and ppoll. */
  private static final Set<String> WAITING = Set.of("7", "23", "45", "47", "270", "271");

  private final List<String> words;
  private @Nullable Companion program;
  private @Nullable Long startedAt;
  private long lost;

  /**
   * @param words program and arguments; it begins when it is first asked
   */
  Monitor(List<String> words) {
    this.words = List.copyOf(words);
  }

  /**
   * The lines that came in since the last call, for all that was changed before this one.
   *
   * @return null when something else may have changed, too
   */
  @Nullable List<String> news() {
    Companion now = program;
    if (now == null || !now.runs()) {
      start();
      return null;
    }
    boolean toldAll = hasToldAll(now.pid());
    List<String> lines = now.told().lines().toList(); // Last: what it tells meanwhile is no harm.
    return toldAll ? lines : null;
  }

  private void start() {
    close();
    long now = System.nanoTime();
    if (startedAt != null && now - startedAt < PAUSE.toNanos()) {
      return;
    }
    startedAt = now;
    lost = 0;
    try {
      program = Companion.start(words);
    } catch (ProblemException e) {
      LOG.debug("no hints by {}", words, e);
    }
  }

  private boolean hasToldAll(long pid) {
    try {
      Set<String> sockets = sockets(pid);
      boolean subscribed = false;
      boolean queued = false;
      long lostNow = 0;
      for (String line : KernelText.read("/proc/" + pid + "/net/netlink", LIMIT).split("\n", -1)) {
        String[] fields = line.strip().split("\\s+", -1);
        if (fields.length > INODE && sockets.contains(fields[INODE])) {
          subscribed |= !fields[GROUPS].matches("0+");
          queued |= !fields[QUEUED].equals("0");
          lostNow += Long.parseLong(fields[LOST]);
        }
      }
      boolean whole = lostNow == lost;
      lost = lostNow;
      String call = KernelText.read("/proc/" + pid + "/syscall", LIMIT);
      return subscribed && !queued && whole && WAITING.contains(call.split(" ", 2)[0]);
    } catch (IOException | DirectoryIteratorException | NumberFormatException untold) {
      return false;
    }
  }

  private static Set<String> sockets(long pid) throws IOException {
    Set<String> inodes = new HashSet<>();
    try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
      for (Path file : open) {
        String target = Files.readSymbolicLink(file).toString();
        if (target.startsWith("socket:[")) {
          inodes.add(target.substring("socket:[".length(), target.length() - 1));
        }
      }
    }
    return inodes;
  }

  /** The process that it has begun; null for none. */
  @Nullable Long pid() {
    Companion now = program;
    return now == null || !now.runs() ? null : (Long) now.pid();
  }

  @Override
  public void close() {
    if (program != null) {
      program.close();
      program = null;
    }
  }
}
