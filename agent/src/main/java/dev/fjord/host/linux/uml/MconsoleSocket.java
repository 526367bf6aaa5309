package dev.fjord.host.linux.uml;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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

  private MconsoleSocket(AFUNIXDatagramChannel channel) {
    this.channel = channel;
  }

  /**
   * One packet of a reply.
   *
   * @param error 0, or a negative errno
   * @param more whether another packet follows
   */
  record Packet(int error, boolean more, String text) {}

  /**
   * Connects to {@code socket}, if it is the one that is bound to {@code boundName}; null when it
   * is another's.
   */
  static @Nullable MconsoleSocket connect(Path socket, String boundName) throws IOException {
    AFUNIXDatagramChannel channel = AFUNIXDatagramChannel.open();
    try {
      // Abstract: the kernel, in a mount namespace of its own, would not see a path.
      channel.bind(AFUNIXSocketAddress.inAbstractNamespace("fjord-mconsole-" + UUID.randomUUID()));
      channel.configureBlocking(false);
      channel.connect(AFUNIXSocketAddress.of(socket));
      if (boundName.equals(nameOf(channel.getRemoteAddress()))) {
        MconsoleSocket connected = new MconsoleSocket(channel);
        channel = null;
        return connected;
      }
      return null;
    } finally {
      if (channel != null) {
        channel.close();
      }
    }
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

  /** What lies there already; null for nothing. A packet that is none counts for nothing. */
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
  }
}
