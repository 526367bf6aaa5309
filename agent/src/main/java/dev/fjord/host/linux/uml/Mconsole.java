package dev.fjord.host.linux.uml;

import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.process.Effort;
import dev.fjord.process.Patience;
import java.io.IOException;
import java.net.SocketException;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.newsclub.net.unix.AFUNIXSelectorProvider;

/**
 * Speaks to a running kernel over its management socket (arch/um/drivers/mconsole.h, the same from
 * 6.1 to 7.2): one datagram asks, one or more answer. Safe for use by many threads.
 *
 * <p>What is at the other end may be hostile: a guest's root owns its kernel. It can put a link to
 * another kernel's socket in the place of its own, so the socket is connected once and must bear
 * the name that this kernel alone binds. It can stop reading, so nothing here blocks.
 */
public final class Mconsole {
  private static final int LARGEST_REPLY = 1 << 20;
  private static final Duration DEADLINE = Duration.ofSeconds(2);

  private final Path socket;
  private final String boundName;
  private final @Nullable Path answers;
  private final Supplier<Effort> effort;

  /**
   * @param socket where the host finds it
   * @param boundName the path that the kernel itself bound it to
   */
  Mconsole(Path socket, Path boundName) {
    this(socket, boundName, null, () -> Effort.NONE);
  }

  private Mconsole(Path socket, Path boundName, @Nullable Path answers, Supplier<Effort> effort) {
    this.socket = socket;
    this.boundName = boundName.toString();
    this.answers = answers;
    this.effort = effort;
  }

  public static Mconsole of(Layout layout, ResourceName name, KernelProcess kernel) {
    return new Mconsole(
        layout.mconsole(name, kernel.pid()),
        layout.mconsole(name),
        NetworkNamespace.isApart(kernel.pid()) ? layout.answers(name) : null,
        () -> Effort.of(kernel.pid()));
  }

  /**
   * As {@link #ask(String, Duration)}, with 2 s, not counting time in which the kernel wants to run
   * and gets no processor: the answer is worth a wait.
   */
  public MconsoleReply ask(String command) {
    Patience patience = Patience.of(DEADLINE);
    return ask(
        command,
        patience.interval(),
        () -> patience.look(System.nanoTime(), effort, () -> 0) != Patience.Verdict.WAIT);
  }

  /**
   * Sends one command ({@code version}, {@code cad}, {@code sysrq s}, {@code proc uptime} …).
   *
   * @param deadline for the whole reply; what came before it is kept, marked as cut short
   */
  public MconsoleReply ask(String command, Duration deadline) {
    long end = System.nanoTime() + deadline.toNanos();
    return ask(command, deadline, () -> end - System.nanoTime() <= 0);
  }

  /** With an end that is asked for at least every {@code interval}. */
  private MconsoleReply ask(String command, Duration interval, BooleanSupplier isOver) {
    byte[] words = command.getBytes(StandardCharsets.UTF_8);
    if (words.length == 0 || words.length > MconsoleSocket.LONGEST_REQUEST) {
      throw new IllegalArgumentException("1 to 511 bytes: " + command);
    }
    try (MconsoleSocket channel = connect();
        Selector selector = AFUNIXSelectorProvider.provider().openSelector()) {
      if (channel == null) {
        return new MconsoleReply.Nobody("another program's socket is at " + socket);
      }
      if (!channel.send(words)) {
        return new MconsoleReply.Silence();
      }
      channel.register(selector);
      return receive(channel, selector, Math.max(1, interval.toMillis()), isOver);
    } catch (SocketException refused) {
      return new MconsoleReply.Nobody(String.valueOf(refused.getMessage()));
    } catch (IOException e) {
      return new MconsoleReply.Nobody(e.toString());
    }
  }

  /** A connection that is kept; null when another's socket is there. */
  @Nullable MconsoleSocket connect() throws IOException {
    return MconsoleSocket.connect(socket, boundName, answers);
  }

  private static MconsoleReply receive(
      MconsoleSocket channel, Selector selector, long interval, BooleanSupplier isOver)
      throws IOException {
    StringBuilder text = new StringBuilder();
    int error = 0;
    boolean begun = false;
    boolean more = true;
    while (more && text.length() < LARGEST_REPLY && !isOver.getAsBoolean()) {
      selector.selectedKeys().clear();
      if (selector.select(interval) == 0) {
        continue;
      }
      MconsoleSocket.Packet packet = channel.receive();
      if (packet == null) {
        continue;
      }
      error = packet.error();
      more = packet.more();
      begun = true;
      text.append(packet.text());
    }
    if (!begun) {
      return new MconsoleReply.Silence();
    }
    String said = text.toString().replace("\0", "");
    return error < 0
        ? new MconsoleReply.Refusal(error, said)
        : new MconsoleReply.Answer(said, more);
  }
}
