package dev.fjord.host.linux.uml;

import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Asks many kernels at once how long they have been up, over connections that are kept: a few
 * system calls for each. All are asked first, then what has come is collected; whoever does not
 * answer costs a look now and then, and delays nobody. Not safe for use by many threads.
 */
public final class Uptimes implements AutoCloseable {
  private static final byte[] QUESTION = "proc uptime".getBytes(StandardCharsets.US_ASCII);

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
    Map<ResourceName, MconsoleSocket> open = new HashMap<>();
    kernels.forEach((name, kernel) -> {
      MconsoleSocket asked = ask(name, kernel);
      if (asked != null) {
        open.put(name, asked);
      }
    });
    Map<ResourceName, Double> answers = new HashMap<>();
    long end = System.nanoTime() + deadline.toNanos();
    long pause = FIRST_PAUSE;
    late = 0;
    while (!open.isEmpty()) {
      open.entrySet().removeIf(one -> isOver(one.getKey(), one.getValue(), answers));
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

  /** Those that could not be asked last, for want of something of this host's. */
  public Set<ResourceName> unasked() {
    return Set.copyOf(unasked);
  }

  /** By how much this process came too late at most while it asked last. */
  public Duration late() {
    return Duration.ofNanos(late);
  }

  private @Nullable MconsoleSocket ask(ResourceName name, KernelProcess kernel) {
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
        // An answer to an earlier question tells nothing of now.
      }
      return line.socket().send(QUESTION) ? line.socket() : null;
    } catch (MconsoleSocket.Unasked ours) {
      unasked.add(name);
      return null;
    } catch (IOException gone) {
      close(name);
      return null;
    }
  }

  private boolean isOver(
      ResourceName name, MconsoleSocket socket, Map<ResourceName, Double> answers) {
    try {
      // The first packet of a file is an empty line, the last one is empty.
      for (int i = 0; i < MOST_PACKETS; i++) {
        MconsoleSocket.Packet packet = socket.receive();
        if (packet == null) {
          return false;
        }
        Matcher answer = ANSWER.matcher(packet.text());
        if (packet.error() == 0 && answer.lookingAt()) {
          answers.put(name, Double.valueOf(answer.group(1)));
          return true;
        } else if (!packet.more()) {
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
        // Nobody waits for an answer on it.
      }
    }
  }

  @Override
  public void close() {
    closeAllBut(Map.of());
  }
}
