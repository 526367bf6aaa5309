package dev.fjord.host.linux.disk;

import dev.fjord.file.DurableFile;
import dev.fjord.file.Holes;
import dev.fjord.model.ByteSize;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Layout;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Objects;

/**
 * Makes a root larger: a COW over a wider copy of the same image, with every sector of the old one.
 * The old one goes once the new one is durable and was read again: it would hold the same bytes in
 * the trash, and its blocks, for ever. No kernel of the instance may run.
 *
 * <p>Where the old COW's bitmap and sectors lie follows from the image that it stands on, which is
 * pinned; its header is only compared with that.
 */
final class RootGrowth {
  private static final int BUFFER = 1 << 20;
  private static final int MARKS_OF_BUFFER = BUFFER / CowFile.SECTOR / Byte.SIZE;
  private static final int MARKS = MARKS_OF_BUFFER << 8;

  private final Layout layout;
  private final FailPoint failPoint;

  RootGrowth(Layout layout, FailPoint failPoint) {
    this.layout = layout;
    this.failPoint = failPoint;
  }

  /** Whether the root, and what is on it, is recorded to be as large as {@code now} says. */
  static boolean isDone(InstanceRecord before, InstanceRecord now) {
    return now.applied().root() == null
        || now.hasRootOf(before) && now.applied().root().equals(before.applied().root());
  }

  /**
   * Does it, unless it was done.
   *
   * @return whether the root was made larger by this call
   * @throws ProblemException when the root is no whole COW on that image; it stays as it is
   */
  boolean apply(InstanceRecord now) throws IOException {
    Path root = layout.rootCow(now.name());
    Path image = layout.image(now);
    CowHeader header = CowHeader.read(root);
    ByteSize wanted = now.applied().root();
    if (wanted == null || header instanceof CowHeader.V3 v3 && v3.backing().equals(image)) {
      return false;
    }
    Path old = header instanceof CowHeader.V3 v3 ? v3.backing() : null;
    if (old == null
        || !layout.isImage(old, now.applied().image(), now.base())
        || !Folders.isFile(old)) {
      throw unfit(root, "it does not stand on " + now.version());
    }
    long size = Files.size(old);
    String odd = size > wanted.bytes() ? "it is larger already" : CowBitmap.odd(header, size);
    if (odd != null) {
      throw unfit(root, odd);
    }
    WideImage.provide(layout, now);
    Path unfinished = DurableFile.beside(root);
    try {
      Folders.delete(unfinished);
      BlankDisk.root(unfinished, image, now.uid());
      failPoint.after("an unfinished root");
      copy(root, size, unfinished, wanted.bytes());
      Folders.sync(unfinished);
      failPoint.after("a larger root");
      DurableFile.moveIntoPlace(unfinished, root);
      failPoint.after("a larger root in its place");
      return true;
    } catch (IOException e) {
      Folders.delete(unfinished);
      throw DiskProblem.of("making the root of instance " + now.name() + " larger", e);
    } catch (ProblemException e) {
      Folders.delete(unfinished);
      throw e;
    }
  }

  /**
   * The bits keep their places, since sectors keep their numbers; only the sectors move, behind a
   * longer bitmap. Sectors that are not marked are not read, so that a large root that is new takes
   * no time.
   */
  private static void copy(Path from, long size, Path to, long newSize) throws IOException {
    try (FileChannel in =
            FileChannel.open(from, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        FileChannel out = FileChannel.open(to, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      Move sectors =
          new Move(in, CowFile.length(size) - size, out, CowFile.length(newSize) - newSize, from);
      Move bits = new Move(in, CowFile.BITMAP_AT, out, CowFile.BITMAP_AT, from);
      long bitmap = Math.ceilDiv(CowFile.sectors(size), (long) Byte.SIZE);
      for (long done = 0; done < bitmap; done += MARKS) {
        int count = (int) Math.min(MARKS, bitmap - done);
        byte[] marks = bits.copy(done, count);
        for (int at = 0; at < count; at += MARKS_OF_BUFFER) {
          if (isAnySet(marks, at, Math.min(count, at + MARKS_OF_BUFFER))) {
            long position = (done + at) * Byte.SIZE * CowFile.SECTOR;
            sectors.copy(position, (int) Math.min(BUFFER, size - position));
          }
        }
      }
    }
  }

  private static boolean isAnySet(byte[] marks, int from, int to) {
    int at = from;
    while (at < to && marks[at] == 0) {
      at++;
    }
    return at < to;
  }

  /** Bytes from one place to another; zeros become holes, and what was written is read again. */
  private record Move(FileChannel in, long start, FileChannel out, long newStart, Path from) {
    byte[] copy(long position, int count) throws IOException {
      byte[] bytes = new byte[count];
      byte[] again = new byte[count];
      if (!fill(in, bytes, start + position)) {
        throw unfit(from, "it ends within its bitmap or its sectors");
      }
      Holes.write(bytes, count, out, newStart + position);
      if (!fill(out, again, newStart + position) || !Arrays.equals(bytes, again)) {
        throw new IOException("what was copied from " + from + " reads otherwise");
      }
      return bytes;
    }
  }

  private static boolean fill(FileChannel channel, byte[] bytes, long position) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        return false;
      }
    }
    return true;
  }

  private static ProblemException unfit(Path root, String found) {
    return Problem.of("root-other", "the root at " + root + " cannot be made larger")
        .detail(Objects.requireNonNull(root.getFileName()) + ": " + found)
        .hint(
            "It is left alone. Only the instance's own kernel writes there: put the right file"
                + " back from a backup.")
        .asException();
  }
}
