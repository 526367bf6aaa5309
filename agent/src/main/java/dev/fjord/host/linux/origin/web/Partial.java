package dev.fjord.host.linux.origin.web;

import dev.fjord.file.DurableFile;
import dev.fjord.file.Holes;
import dev.fjord.model.Digest;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The first bytes of a file that is being fetched, sparse, and in a file beside them the version
 * that they are of. Both survive the process that writes them; their content has to be verified.
 * For one thread.
 */
public final class Partial implements AutoCloseable {
  private static final String BYTES = ".part";
  private static final String VERSION = ".version";
  private static final int BUFFER = 1 << 20;
  private static final int LONGEST_NOTE = 1024;

  private final Path file;
  private final Path note;
  private final String origin;
  private final FileChannel channel;

  /** What is not written yet; begins at a multiple of its length, so that holes are found. */
  private final byte[] pending = new byte[BUFFER];

  private long written;
  private int waiting;
  private @Nullable Validator validator;

  private Partial(Path file, Path note, String origin, FileChannel channel) {
    this.file = file;
    this.note = note;
    this.origin = origin;
    this.channel = channel;
  }

  /**
   * Opens what an earlier attempt has left beside {@code place}, or begins; what lies there and is
   * no file is removed.
   *
   * @param uri where they come from: what came from elsewhere is not gone on with
   */
  public static Partial beside(Path place, URI uri) throws IOException {
    Path file = place.resolveSibling(place.getFileName() + BYTES);
    Path note = place.resolveSibling(place.getFileName() + VERSION);
    for (Path path : List.of(file, note)) {
      if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
        Files.deleteIfExists(path);
      }
    }
    // An address may hold a secret after its '?'.
    Partial partial = new Partial(file, note, Digest.ofText(uri.toString()).hex(), open(file));
    try {
      partial.recall();
    } catch (IOException e) {
      partial.close();
      throw e;
    }
    return partial;
  }

  private static FileChannel open(Path file) throws IOException {
    return FileChannel.open(
        file,
        Set.of(
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  private void recall() throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
    if (Files.exists(note, LinkOption.NOFOLLOW_LINKS) && Files.size(note) <= LONGEST_NOTE) {
      List<String> lines =
          new String(Files.readAllBytes(note), StandardCharsets.UTF_8).lines().toList();
      if (lines.size() == 3 && lines.get(0).equals(origin)) {
        try {
          validator = new Validator(lines.get(1), lines.get(2));
        } catch (IllegalArgumentException damaged) {
          // Then their version is not known.
        }
      }
    }
    if (validator == null) {
      begin(null);
    } else {
      resume(channel.size());
    }
  }

  /** Buffers begin where the file has room for whole ones. */
  private void resume(long size) throws IOException {
    waiting = (int) (size % BUFFER);
    written = size - waiting;
    ByteBuffer kept = ByteBuffer.wrap(pending, 0, waiting);
    while (kept.hasRemaining() && channel.read(kept, written + kept.position()) > 0) {
      // A read may give less than there is.
    }
    channel.truncate(written);
  }

  /** Begins anew with a file of this version; null when it cannot be known again. */
  void begin(@Nullable Validator version) throws IOException {
    written = 0;
    waiting = 0;
    validator = version;
    channel.truncate(0);
    if (version == null) {
      Files.deleteIfExists(note);
    } else {
      String text = origin + "\n" + version.header() + "\n" + version.value() + "\n";
      DurableFile.writeForThisBoot(note, text.getBytes(StandardCharsets.UTF_8));
    }
  }

  @Nullable Validator validator() {
    return validator;
  }

  long length() {
    return written + waiting;
  }

  void append(byte[] bytes, int offset, int length) throws IOException {
    int done = 0;
    while (done < length) {
      int count = Math.min(length - done, BUFFER - waiting);
      System.arraycopy(bytes, offset + done, pending, waiting, count);
      waiting += count;
      done += count;
      if (waiting == BUFFER) {
        Holes.write(pending, BUFFER, channel, written);
        written += BUFFER;
        waiting = 0;
      }
    }
  }

  /** Some of the bytes from {@code position} on, which is below {@link #length}. */
  int read(long position, byte[] bytes, int offset, int length) throws IOException {
    if (position >= written) {
      int count = (int) Math.min(length, written + waiting - position);
      System.arraycopy(pending, (int) (position - written), bytes, offset, count);
      return count;
    }
    int wanted = (int) Math.min(length, written - position);
    int count = channel.read(ByteBuffer.wrap(bytes, offset, wanted), position);
    if (count >= 0) {
      return count;
    }
    // Zeros at the end were not written.
    java.util.Arrays.fill(bytes, offset, offset + wanted, (byte) 0);
    return wanted;
  }

  /** Writes what waits, so that the file has the length of what came. */
  private void flush() throws IOException {
    Holes.write(pending, waiting, channel, written);
    long length = length();
    if (channel.size() < length) {
      // FileChannel cannot make a file longer; the last byte is zero, or it would be there.
      channel.write(ByteBuffer.wrap(new byte[1]), length - 1);
    }
  }

  /** All of it is there and right: makes it durable, and gives it this name. */
  public void moveTo(Path place) throws IOException {
    flush();
    channel.force(true);
    Files.move(file, place, StandardCopyOption.ATOMIC_MOVE);
    Files.deleteIfExists(note);
  }

  /** Removes it. Another attempt may begin anew with this object. */
  public void discard() throws IOException {
    begin(null);
    Files.deleteIfExists(file);
  }

  /** Leaves for a later attempt what one can go on with. */
  @Override
  public void close() throws IOException {
    try (channel) {
      if (validator != null && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        flush();
      } else {
        Files.deleteIfExists(file);
        Files.deleteIfExists(note);
      }
    }
  }
}
