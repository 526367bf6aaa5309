package dev.fjord.host.linux.origin;

import dev.fjord.problem.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a source as they are stored, and how many were read. For one thread.
 *
 * <p>A decompressor may keep what it reads before it gives anything back: a gzip header can hold a
 * name of any length. What it takes at a time is therefore limited by {@link #allow}.
 */
final class RawBytes extends InputStream {
  private final InputStream in;
  private byte[] first = {};
  private long position;
  private long end = Long.MAX_VALUE;
  private @Nullable Exception failure;

  RawBytes(InputStream in) {
    this.in = in;
  }

  /** Opens a file; a link is not followed. */
  static RawBytes open(Path path) throws IOException {
    return new RawBytes(Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS));
  }

  /** The first bytes, as many as there are; nothing counts as read by it. Before any read. */
  byte[] first(int count) throws IOException {
    first = in.readNBytes(count);
    return first;
  }

  /** Lets this many more bytes be read from here on; then a read fails. */
  void allow(long bytes) {
    end = position + bytes;
  }

  long position() {
    return position;
  }

  /**
   * Throws what reading has thrown, if it has: a decompressor in between may have thrown another
   * exception instead.
   */
  void throwFailure() throws IOException {
    if (failure instanceof IOException e) {
      throw e;
    } else if (failure instanceof ProblemException e) {
      throw e;
    }
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
    int count = readOn(bytes, offset, length);
    position += Math.max(count, 0);
    return count;
  }

  private int readOn(byte[] bytes, int offset, int length) throws IOException {
    if (position < first.length) {
      int count = (int) Math.min(length, first.length - position);
      System.arraycopy(first, (int) position, bytes, offset, count);
      return count;
    }
    try {
      return in.read(bytes, offset, length);
    } catch (IOException | ProblemException e) {
      failure = e;
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
