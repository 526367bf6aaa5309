package dev.fjord.host.linux.disk;

import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.Problem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * The image that a root stands on, read through a move of the state directory: a COW header has an
 * absolute path, which such a move makes wrong although the image moved as well.
 *
 * <p>It is the same image when it has the same name below the state directory, which is its digest,
 * and the length and time that the header has; a kernel checks these two and nothing else. The user
 * that owns the root can write any path there, but gets no other image by it than its record names,
 * since every use compares the path with the record.
 *
 * @param named what the header says
 * @param backing where that image lies; the same when it lies nowhere else
 */
record RootHeader(Path named, Path backing) {
  /**
   * The part of the path that lies in the first sector of the file, which a disk writes as a whole
   * or not at all.
   */
  private static final int IN_FIRST_SECTOR = CowFile.SECTOR - CowHeader.PATH_AT;

  /** Null for a file that is no COW of version 3. */
  static @Nullable RootHeader read(Path root, Layout layout) throws IOException {
    return CowHeader.read(root) instanceof CowHeader.V3 header ? of(header, layout) : null;
  }

  static RootHeader of(CowHeader.V3 header, Layout layout) throws IOException {
    Path named = header.backing();
    Path here = layout.imageHere(named);
    return new RootHeader(
        named, here != null && isSame(here, header) && !here.equals(named) ? here : named);
  }

  private static boolean isSame(Path image, CowHeader.V3 header) throws IOException {
    if (!Folders.isFile(image)) {
      return false;
    }
    BasicFileAttributes found =
        Files.readAttributes(image, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    return found.size() == header.size()
        && found.lastModifiedTime().toInstant().getEpochSecond() == header.modifiedSeconds();
  }

  boolean isMoved() {
    return !named.equals(backing);
  }

  /**
   * Writes the path as it is now, if it is another one. One write within one sector, then fsync(2):
   * when it is cut off at any instant, the header has the one path or the other, and both are
   * understood.
   *
   * @param root not in use
   * @return whether it was written
   */
  static boolean mend(ResourceName name, Path root, Layout layout) throws IOException {
    RootHeader header = read(root, layout);
    if (header == null || !header.isMoved()) {
      return false;
    }
    byte[] path = header.backing().toString().getBytes(StandardCharsets.UTF_8);
    if (path.length >= IN_FIRST_SECTOR) {
      throw Problem.of(
              "cow-path",
              "the root of instance " + name + " cannot be told where its image lies now")
          .detail(header.backing() + " is longer than " + (IN_FIRST_SECTOR - 1) + " bytes")
          .hint("Move the state directory to a shorter path.")
          .asException();
    }
    try (FileChannel channel =
        FileChannel.open(root, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      ByteBuffer bytes = ByteBuffer.allocate(IN_FIRST_SECTOR).put(path).clear();
      if (channel.write(bytes, CowHeader.PATH_AT) != IN_FIRST_SECTOR) {
        throw new IOException("only a part of the header of " + root + " was written");
      }
      channel.force(true);
      return true;
    }
  }
}
