package dev.fjord.host.linux.uml;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.newsclub.net.unix.AFSocketAddress;
import org.newsclub.net.unix.AFUNIXDatagramChannel;
import org.newsclub.net.unix.AFUNIXSocketAddress;

/**
 * A connection to a kernel's management socket, and the form of its datagrams. Connected once, so
 * that a link put in the place of the socket later leads nowhere; nothing in it blocks.
 */
final class MconsoleSocket implements AutoCloseable {
  static final int LONGEST_REQUEST = 511;
  private static final int MAGIC = 0xcafebabe;
  private static final int VERSION = 2;
  private static final int HEADER = 12;
  private static final int LONGEST_PACKET = HEADER + 512;

  private final AFUNIXDatagramChannel channel;

  /** To be removed in the end; null for an abstract name. */
  private final @Nullable Path answers;

  private MconsoleSocket(AFUNIXDatagramChannel channel, @Nullable Path answers) {
    this.channel = channel;
    this.answers = answers;
  }

  /**
   * One packet of a reply.
   *
   * @param error 0, or a negative errno
   * @param more whether another packet follows
   */
  record Packet(int error, boolean more, String text) {}

  /**
   * This host had no descriptor or no place for a socket of its own, so that no kernel was asked.
   */
  static final class Unasked extends IOException {
    private static final long serialVersionUID = 1L;

    Unasked(IOException cause) {
      super(cause);
    }
  }

  /**
   * Connects to {@code socket}, if it is the one that is bound to {@code boundName}; null when it
   * is another's.
   *
   * @param folder that the kernel sees at the same path, for the socket that it answers to; null
   *     for one that is in the host's network namespace, and reaches an abstract name
   * @throws Unasked when the reason is this host's own
   * @throws IOException when no process listens there
   */
  static @Nullable MconsoleSocket connect(Path socket, String boundName, @Nullable Path folder)
      throws IOException {
    MconsoleSocket made = bound(folder);
    try {
      made.channel.connect(AFUNIXSocketAddress.of(socket));
      if (boundName.equals(nameOf(made.channel.getRemoteAddress()))) {
        MconsoleSocket connected = made;
        made = null;
        return connected;
      }
      return null;
    } finally {
      if (made != null) {
        made.close();
      }
    }
  }

  private static MconsoleSocket bound(@Nullable Path folder) throws Unasked {
    Path answers = folder == null ? null : folder.resolve(unique().substring(0, 12));
    MconsoleSocket made = null;
    try {
      made = new MconsoleSocket(AFUNIXDatagramChannel.open(), answers);
      if (answers == null) {
        made.channel.bind(AFUNIXSocketAddress.inAbstractNamespace("fjord-mconsole-" + unique()));
      } else {
        made.channel.bind(AFUNIXSocketAddress.of(answers));
        // Only the process that it is connected to gets through (unix(7), EPERM for others).
        Files.setPosixFilePermissions(answers, PosixFilePermissions.fromString("rw--w--w-"));
      }
      made.channel.configureBlocking(false);
      MconsoleSocket bound = made;
      made = null;
      return bound;
    } catch (IOException ours) {
      throw new Unasked(ours);
    } finally {
      closeQuietly(made);
    }
  }

  private static void closeQuietly(@Nullable MconsoleSocket socket) {
    try {
      if (socket != null) {
        socket.close();
      }
    } catch (IOException nothingWasLost) {
      // The failure itself is reported already.
    }
  }

  private static String unique() {
    return UUID.randomUUID().toString().replace("-", "");
  }

  private static String nameOf(@Nullable AFSocketAddress peer) {
    return peer instanceof AFUNIXSocketAddress unix && unix.hasFilename() ? unix.getPath() : "";
  }

  /** Whether the kernel's queue had room for it. */
  boolean send(byte[] words) throws IOException {
    ByteBuffer request =
        ByteBuffer.allocate(HEADER + words.length)
            .order(ByteOrder.nativeOrder())
            .putInt(MAGIC)
            .putInt(VERSION)
            .putInt(words.length)
            .put(words)
            .flip();
    return channel.write(request) > 0;
  }

  /** The packet that has arrived already; null for none. A malformed packet is ignored. */
  @Nullable Packet receive() throws IOException {
    ByteBuffer packet = ByteBuffer.allocate(LONGEST_PACKET).order(ByteOrder.nativeOrder());
    if (channel.read(packet) < HEADER) {
      return null;
    }
    packet.flip();
    int error = packet.getInt();
    boolean more = packet.getInt() != 0;
    int length = Math.clamp(packet.getInt(), 0, packet.remaining());
    return new Packet(
        error, more, StandardCharsets.UTF_8.decode(packet.slice(HEADER, length)).toString());
  }

  void register(Selector selector) throws IOException {
    channel.register(selector, SelectionKey.OP_READ);
  }

  @Override
  public void close() throws IOException {
    channel.close();
    if (answers != null) {
      Files.deleteIfExists(answers);
    }
  }
}
