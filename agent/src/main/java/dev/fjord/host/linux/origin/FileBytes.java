package dev.fjord.host.linux.origin;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The bytes of a file as they lie there, and how many were read. For one thread.
 *
 * <p>A decompressor may keep what it reads before it gives anything back: a gzip header can hold a
 * name of any length. What it takes at a time is therefore limited by {@link #allow}.
 */
final class FileBytes extends InputStream {
  private final FileChannel channel;
  private long position;
  private long end = Long.MAX_VALUE;

  private FileBytes(FileChannel channel) {
    this.channel = channel;
  }

  /** Opens a file; a link is not followed. */
  static FileBytes open(Path path) throws IOException {
    return new FileBytes(
        FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
  }

  /** The first bytes, as many as there are; nothing counts as read by it. */
  byte[] first(int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count);
    while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) > 0) {
      // A read may give less than there is.
    }
    byte[] first = new byte[bytes.position()];
    bytes.flip().get(first);
    return first;
  }

  /** Lets this many more bytes be read from here on; then a read fails. */
  void allow(long bytes) {
    end = position + bytes;
  }

  long position() {
    return position;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (position >= end) {
      throw new IOException("too many bytes of it hold nothing");
    }
    int count = channel.read(ByteBuffer.wrap(bytes, offset, length));
    position += Math.max(count, 0);
    return count;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
