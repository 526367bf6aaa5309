package dev.fjord.host.linux.uml;

import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.newsclub.net.unix.AFSocketAddress;
import org.newsclub.net.unix.AFUNIXDatagramChannel;
import org.newsclub.net.unix.AFUNIXSelectorProvider;
import org.newsclub.net.unix.AFUNIXSocketAddress;

/**
 * Speaks to a running kernel over its management socket (arch/um/drivers/mconsole.h, the same from
 * 6.1 to 7.2): one datagram asks, one or more answer. Safe for use by many threads.
 *
 * <p>What is at the other end may be hostile: a guest's root owns its kernel. It can put a link to
 * another kernel's socket in the place of its own, so the socket is connected once and must bear
 * the name that this kernel alone binds. It can stop reading, so nothing here blocks.
 */
public final class Mconsole {
  private static final int MAGIC = 0xcafebabe;
  private static final int VERSION = 2;
  private static final int LONGEST_REQUEST = 511;
  private static final int HEADER = 12;
  private static final int LARGEST_REPLY = 1 << 20;
  private static final Duration DEADLINE = Duration.ofSeconds(2);

  private final Path socket;
  private final String boundName;

  /**
   * @param socket where the host finds it
   * @param boundName the path that the kernel itself bound it to
   */
  Mconsole(Path socket, Path boundName) {
    this.socket = socket;
    this.boundName = boundName.toString();
  }

  public static Mconsole of(Layout layout, ResourceName name, KernelProcess kernel) {
    return new Mconsole(layout.mconsole(name, kernel.pid()), layout.mconsole(name));
  }

  /** As {@link #ask(String, Duration)}, with 2 s. */
  public MconsoleReply ask(String command) {
    return ask(command, DEADLINE);
  }

  /**
   * Sends one command ({@code version}, {@code cad}, {@code sysrq s}, {@code proc uptime} …).
   *
   * @param deadline for the whole reply; what came before it is kept, marked as cut short
   */
  public MconsoleReply ask(String command, Duration deadline) {
    byte[] words = command.getBytes(StandardCharsets.UTF_8);
    if (words.length == 0 || words.length > LONGEST_REQUEST) {
      throw new IllegalArgumentException("1 to 511 bytes: " + command);
    }
    try (AFUNIXDatagramChannel channel = AFUNIXDatagramChannel.open();
        Selector selector = AFUNIXSelectorProvider.provider().openSelector()) {
      // Abstract: the kernel, in a mount namespace of its own, would not see a path.
      channel.bind(AFUNIXSocketAddress.inAbstractNamespace("fjord-mconsole-" + UUID.randomUUID()));
      channel.configureBlocking(false);
      channel.connect(AFUNIXSocketAddress.of(socket));
      if (!boundName.equals(nameOf(channel.getRemoteAddress()))) {
        return new MconsoleReply.Nobody("another program's socket is at " + socket);
      }
      if (channel.write(request(words)) == 0) {
        return new MconsoleReply.Silence();
      }
      channel.register(selector, java.nio.channels.SelectionKey.OP_READ);
      return receive(channel, selector, System.nanoTime() + deadline.toNanos());
    } catch (SocketException refused) {
      return new MconsoleReply.Nobody(String.valueOf(refused.getMessage()));
    } catch (IOException e) {
      return new MconsoleReply.Nobody(e.toString());
    }
  }

  private static String nameOf(@org.jspecify.annotations.Nullable AFSocketAddress peer) {
    return peer instanceof AFUNIXSocketAddress unix && unix.hasFilename() ? unix.getPath() : "";
  }

  private static ByteBuffer request(byte[] words) {
    return ByteBuffer.allocate(HEADER + words.length)
        .order(ByteOrder.nativeOrder())
        .putInt(MAGIC)
        .putInt(VERSION)
        .putInt(words.length)
        .put(words)
        .flip();
  }

  private static MconsoleReply receive(
      AFUNIXDatagramChannel channel, Selector selector, long deadline) throws IOException {
    StringBuilder text = new StringBuilder();
    int error = 0;
    boolean begun = false;
    boolean more = true;
    while (more && text.length() < LARGEST_REPLY) {
      long left = Math.max(1, (deadline - System.nanoTime()) / 1_000_000);
      selector.selectedKeys().clear();
      if (deadline - System.nanoTime() <= 0 || selector.select(left) == 0) {
        break;
      }
      ByteBuffer packet = ByteBuffer.allocate(HEADER + 512).order(ByteOrder.nativeOrder());
      if (channel.read(packet) < HEADER) {
        continue;
      }
      packet.flip();
      error = packet.getInt();
      more = packet.getInt() != 0;
      begun = true;
      int length = Math.clamp(packet.getInt(), 0, packet.remaining());
      text.append(StandardCharsets.UTF_8.decode(packet.slice(HEADER, length)));
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
