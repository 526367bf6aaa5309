package dev.fjord.host.linux.uml;

import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Asks many kernels at once how long they have been up, or how their roots are mounted, over
 * connections that are kept: a few system calls for each. All are asked first, then the answers are
 * collected; a kernel that does not answer costs a look now and then, and delays no other. Not safe
 * for use by many threads.
 */
public final class Uptimes implements AutoCloseable {
  private static final byte[] QUESTION = "proc uptime".getBytes(StandardCharsets.US_ASCII);

  private static final byte[] MOUNTS = "proc mounts".getBytes(StandardCharsets.US_ASCII);

  /**
   * Of the root's ext4, which from 6.12 on (6.1.119, 6.6.63) leaves the mount as it is when it
   * stops writing. It is read by way of the kernel's own thread, which has the guest's root.
   */
  private static final byte[] ERRORS =
      "proc self/root/sys/fs/ext4/ubda/errors_count".getBytes(StandardCharsets.US_ASCII);

  private static final byte[] LAST_ERROR =
      "proc self/root/sys/fs/ext4/ubda/last_error_errcode".getBytes(StandardCharsets.US_ASCII);

  /**
   * EXT4_ERR_EIO and EXT4_ERR_EROFS (fs/ext4/ext4.h); others are about damage that was found there.
   */
  private static final List<Long> FAILED = List.of(2L, 8L);

  private static final Pattern NUMBER = Pattern.compile("\\s*([0-9]{1,18})\\s");

  /** The line of the root; before it may be that of the initramfs, which it covers. */
  private static final Pattern ROOT =
      Pattern.compile("(?m)^[^ \\n]+ / (?!rootfs )[^ \\n]+ ([^ \\n]+) [0-9]+ [0-9]+$");

  /** Of ext4 from 6.15 on, which leaves the mount as it is. */
  private static final List<String> READ_ONLY = List.of("ro", "emergency_ro");

  /** A bound: no list of mounts has to be read to its end. */
  private static final int LONGEST_ANSWER = 16 << 10;

  /**
   * A kernel that has answered about its uptime answers about this, too, and waiting for it delays
   * a check.
   */
  private static final Duration SHORT = Duration.ofMillis(300);

  /** Seconds since its boot, then seconds idle. */
  private static final Pattern ANSWER = Pattern.compile("\\s*([0-9]{1,12}\\.[0-9]{1,3}) ");

  /** Late answers to earlier questions, or whatever a hostile kernel sends; its queue holds ten. */
  private static final int MOST_PACKETS = 16;

  private static final long FIRST_PAUSE = 5;
  private static final long LONGEST_PAUSE = 100;

  private final Layout layout;
  private final Duration deadline;
  private final Map<ResourceName, Line> lines = new HashMap<>();
  private final Set<ResourceName> unasked = new HashSet<>();
  private long late;

  /** A connection to one kernel. */
  private record Line(KernelProcess kernel, MconsoleSocket socket) {}

  /**
   * @param deadline for all answers together
   */
  public Uptimes(Layout layout, Duration deadline) {
    this.layout = layout;
    this.deadline = deadline;
  }

  /** The seconds of each that answers; connections to other kernels are closed. */
  public Map<ResourceName, Double> ask(Map<ResourceName, KernelProcess> kernels) {
    unasked.clear();
    closeAllBut(kernels);
    return ask(kernels, QUESTION, deadline, Uptimes::uptime);
  }

  /**
   * What a kernel says of its root.
   *
   * @param writable whether it is mounted read-write
   * @param errors of ext4 that were counted on it, of earlier boots, too; 0 where it does not say
   */
  public record Root(boolean writable, long errors) {}

  /** The roots of those that answer at once, and have one. */
  public Map<ResourceName, Root> roots(Map<ResourceName, KernelProcess> kernels) {
    if (kernels.isEmpty()) {
      return Map.of();
    }
    Map<ResourceName, Boolean> mounted = ask(kernels, MOUNTS, SHORT, Uptimes::isRootWritable);
    Map<ResourceName, Long> errors = ask(kernels, ERRORS, SHORT, Uptimes::number);
    Map<ResourceName, Root> roots = new HashMap<>();
    mounted.forEach(
        (name, writable) -> roots.put(name, new Root(writable, errors.getOrDefault(name, 0L))));
    return roots;
  }

  /** Whether the last error on the root of each was that it could not be written, or read. */
  public Map<ResourceName, Boolean> failed(Map<ResourceName, KernelProcess> kernels) {
    return kernels.isEmpty()
        ? Map.of()
        : ask(
            kernels,
            LAST_ERROR,
            SHORT,
            said -> {
              Long code = number(said);
              return code == null ? null : (Boolean) FAILED.contains(code);
            });
  }

  private static @Nullable Long number(String said) {
    Matcher number = NUMBER.matcher(said);
    return number.lookingAt() ? Long.valueOf(number.group(1)) : null;
  }

  private static @Nullable Double uptime(String said) {
    Matcher answer = ANSWER.matcher(said);
    return answer.lookingAt() ? Double.valueOf(answer.group(1)) : null;
  }

  static @Nullable Boolean isRootWritable(String said) {
    Matcher root = ROOT.matcher(said);
    return root.find()
        ? (Boolean) List.of(root.group(1).split(",", -1)).stream().noneMatch(READ_ONLY::contains)
        : null;
  }

  /** A question on its way, and what has come of its answer. */
  private record Asked(MconsoleSocket socket, StringBuilder said) {}

  private <T> Map<ResourceName, T> ask(
      Map<ResourceName, KernelProcess> kernels,
      byte[] question,
      Duration limit,
      Function<String, @Nullable T> reading) {
    Map<ResourceName, Asked> open = new HashMap<>();
    kernels.forEach((name, kernel) -> {
      MconsoleSocket asked = ask(name, kernel, question);
      if (asked != null) {
        open.put(name, new Asked(asked, new StringBuilder()));
      }
    });
    Map<ResourceName, T> answers = new HashMap<>();
    long end = System.nanoTime() + limit.toNanos();
    long pause = FIRST_PAUSE;
    late = 0;
    while (!open.isEmpty()) {
      open.entrySet().removeIf(one -> isOver(one.getKey(), one.getValue(), answers, reading));
      if (open.isEmpty() || System.nanoTime() > end) {
        break;
      }
      long slept = System.nanoTime();
      Polling.milliseconds(pause);
      late = Math.max(late, System.nanoTime() - slept - pause * 1_000_000);
      pause = Math.min(2 * pause, LONGEST_PAUSE);
    }
    return answers;
  }

  /** Those that could not be asked last, because this host lacked something. */
  public Set<ResourceName> unasked() {
    return Set.copyOf(unasked);
  }

  /** By how much this process came too late at most while it asked last. */
  public Duration late() {
    return Duration.ofNanos(late);
  }

  private @Nullable MconsoleSocket ask(ResourceName name, KernelProcess kernel, byte[] question) {
    try {
      Line line = lines.get(name);
      if (line == null) {
        MconsoleSocket socket = Mconsole.of(layout, name, kernel).connect();
        if (socket == null) {
          return null;
        }
        line = new Line(kernel, socket);
        lines.put(name, line);
      }
      for (int i = 0; i < MOST_PACKETS && line.socket().receive() != null; i++) {
        // An answer to an earlier question says nothing of the present state.
      }
      return line.socket().send(question) ? line.socket() : null;
    } catch (MconsoleSocket.Unasked ours) {
      unasked.add(name);
      return null;
    } catch (IOException gone) {
      close(name);
      return null;
    }
  }

  private <T> boolean isOver(
      ResourceName name,
      Asked asked,
      Map<ResourceName, T> answers,
      Function<String, @Nullable T> reading) {
    try {
      // The first packet of a file is an empty line, the last one is empty.
      for (int i = 0; i < MOST_PACKETS; i++) {
        MconsoleSocket.Packet packet = asked.socket().receive();
        if (packet == null) {
          return false;
        }
        asked.said().append(packet.text().replace("\0", ""));
        T answer = packet.error() == 0 ? reading.apply(asked.said().toString()) : null;
        if (answer != null) {
          answers.put(name, answer);
          return true;
        } else if (!packet.more() || asked.said().length() > LONGEST_ANSWER) {
          return true;
        }
      }
      return true;
    } catch (IOException gone) {
      close(name);
      return true;
    }
  }

  private void closeAllBut(Map<ResourceName, KernelProcess> kernels) {
    for (Map.Entry<ResourceName, Line> line : Map.copyOf(lines).entrySet()) {
      if (!line.getValue().kernel().equals(kernels.get(line.getKey()))) {
        close(line.getKey());
      }
    }
  }

  private void close(ResourceName name) {
    Line line = lines.remove(name);
    if (line != null) {
      try {
        line.socket().close();
      } catch (IOException nothingWasLost) {
        // Nothing waits for an answer on it.
      }
    }
  }

  @Override
  public void close() {
    closeAllBut(Map.of());
  }
}
