package dev.fjord.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Set;

/**
 * Lines in two files that have their full size from the beginning, the rest of which are empty
 * lines: a line is written over blocks that are there, so a full disk refuses none (on file systems
 * that write in place, as ext4 and XFS do). When the newer file is full, the older one is emptied
 * and takes its place. A line that a crash has torn ends where the empty lines begin. Thread-safe.
 */
public final class FixedLog implements AutoCloseable {
  private static final int STEP = 64 << 10;

  private final Path newer;
  private final Path older;
  private final long size;
  private FileChannel channel;
  private long end;

  private FixedLog(Path newer, Path older, long size, FileChannel channel, long end) {
    this.newer = newer;
    this.older = older;
    this.size = size;
    this.channel = channel;
    this.end = end;
  }

  /**
   * Opens a log, makes its files where they are not there, and fills them up.
   *
   * @param size of each file, in bytes; one that is larger stays so
   * @throws IOException when they cannot be made as large
   */
  public static FixedLog open(Path newer, Path older, long size) throws IOException {
    Files.createDirectories(newer.getParent());
    Path spare = spare(newer);
    if (Files.exists(spare)) { // A rotation was cut short.
      Files.move(spare, Files.exists(older) ? newer : older, StandardCopyOption.ATOMIC_MOVE);
    }
    make(newer, size);
    make(older, size);
    FileChannel channel = write(newer);
    try {
      FixedLog log = new FixedLog(newer, older, size, channel, lastLine(newer));
      log.endTornLine();
      syncFolder(newer);
      return log;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static FileChannel write(Path file) throws IOException {
    return FileChannel.open(
        file,
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  /** Fills a file up with empty lines: a hole would need a block later. */
  private static void make(Path file, long size) throws IOException {
    try (FileChannel channel = write(file)) {
      if (channel.size() < size) {
        empty(channel, channel.size(), size);
        channel.force(true);
      }
    }
  }

  private static void empty(FileChannel channel, long from, long to) throws IOException {
    byte[] lines = new byte[STEP];
    Arrays.fill(lines, (byte) '\n');
    for (long at = from; at < to; ) {
      at += channel.write(ByteBuffer.wrap(lines, 0, (int) Math.min(STEP, to - at)), at);
    }
  }

  /** Where the last line ends that is not empty. */
  private static long lastLine(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer step = ByteBuffer.allocate(STEP);
      for (long to = channel.size(); to > 0; ) {
        long from = Math.max(0, to - STEP);
        step.clear().limit((int) (to - from));
        while (step.hasRemaining() && channel.read(step, from + step.position()) >= 0) {
          // As much as there is.
        }
        for (int at = step.position() - 1; at >= 0; at--) {
          if (step.get(at) != '\n') {
            return from + at + 1;
          }
        }
        to = from;
      }
      return 0;
    }
  }

  private void endTornLine() throws IOException {
    if (end >= channel.size()) {
      rotate();
    } else if (end > 0) {
      end++; // The empty line after it is its end.
    }
  }

  /**
   * Writes lines after those that are there. They are durable after {@link #sync}.
   *
   * @param lines each ends with a newline, and has none within
   * @throws IOException when they could not be written; what is there of them is written over
   */
  public synchronized void append(String lines) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(lines.getBytes(StandardCharsets.UTF_8));
    if (bytes.remaining() > size) {
      throw new IOException("a record of " + bytes.remaining() + " bytes is too long");
    }
    if (end + bytes.remaining() > channel.size()) {
      rotate();
    }
    long at = end;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
    end = at;
  }

  /** Returns once all that was appended is on the disk: fdatasync(2). */
  public synchronized void sync() throws IOException {
    channel.force(false);
  }

  private void rotate() throws IOException {
    channel.force(false);
    Path spare = spare(newer);
    if (Files.notExists(spare)) { // Else an earlier attempt failed there.
      Files.move(older, spare, StandardCopyOption.ATOMIC_MOVE);
    }
    FileChannel next = write(spare);
    try {
      empty(next, 0, Math.max(size, next.size()));
      next.force(true);
      Files.move(newer, older, StandardCopyOption.ATOMIC_MOVE);
      Files.move(spare, newer, StandardCopyOption.ATOMIC_MOVE);
      syncFolder(newer);
    } catch (IOException e) {
      next.close();
      throw e;
    }
    channel.close();
    channel = next;
    end = 0;
  }

  private static Path spare(Path newer) {
    return newer.resolveSibling(DurableFile.UNFINISHED + newer.getFileName());
  }

  private static void syncFolder(Path file) throws IOException {
    try (FileChannel folder = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
      folder.force(true);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    channel.close();
  }
}
