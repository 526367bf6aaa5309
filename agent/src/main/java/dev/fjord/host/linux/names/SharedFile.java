package dev.fjord.host.linux.names;

import dev.fjord.file.DurableFile;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Set;

/**
 * A small text file that other programs write, too: no link is followed, and its owner and mode
 * stay what they are.
 */
record SharedFile(Path path) {
  private static final int LIMIT = 1 << 20;
  private static final Set<PosixFilePermission> USUAL =
      PosixFilePermissions.fromString("rw-r--r--");

  /**
   * All of it, at most a MiB; nothing where there is none.
   *
   * @throws ProblemException {@code hosts-unusable} when it is no regular file, or too large
   */
  byte[] read() {
    try {
      if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        return new byte[0];
      }
      if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
        throw unusable(
            Files.isSymbolicLink(path)
                ? "it is a symbolic link, to " + Files.readSymbolicLink(path)
                : "it is no regular file");
      }
      try (FileChannel channel =
          FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
        if (channel.size() > LIMIT) {
          throw unusable("it has " + channel.size() + " bytes, more than " + LIMIT);
        }
        ByteBuffer bytes = ByteBuffer.allocate(LIMIT);
        while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
        return Arrays.copyOf(bytes.array(), bytes.position());
      }
    } catch (IOException e) {
      throw unusable(e.toString());
    }
  }

  private ProblemException unusable(String why) {
    return Problem.of("hosts-unusable", "names are not written to " + path)
        .detail(why)
        .hint("Name a regular file in 'hostsFile' of the agent's settings.")
        .asException();
  }

  /** Replaces its content by {@code content}: at once, or not at all where that is possible. */
  void replace(byte[] content) {
    Path fresh = DurableFile.beside(path);
    try {
      Files.deleteIfExists(fresh);
      write(fresh, content, StandardOpenOption.CREATE_NEW);
      keepOwner(fresh);
      DurableFile.moveIntoPlace(fresh, path);
    } catch (FileSystemException notReplaceable) {
      discard(fresh);
      inPlace(content, notReplaceable);
    } catch (IOException e) {
      discard(fresh); // The disk is full: the file itself stays what it is.
      throw failed(e);
    }
  }

  private static void discard(Path fresh) {
    try {
      Files.deleteIfExists(fresh);
    } catch (IOException stays) {
      // The next one replaces it.
    }
  }

  /** A file that is a mount of its own cannot be replaced, only written (rename(2), EBUSY). */
  private void inPlace(byte[] content, IOException why) {
    try {
      write(path, content, StandardOpenOption.WRITE);
    } catch (IOException e) {
      e.addSuppressed(why);
      throw failed(e);
    }
  }

  private void write(Path path, byte[] content, StandardOpenOption how) throws IOException {
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.WRITE, how, LinkOption.NOFOLLOW_LINKS)) {
      ByteBuffer buffer = ByteBuffer.wrap(content);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.truncate(content.length);
      channel.force(true);
    }
  }

  private void keepOwner(Path fresh) throws IOException {
    PosixFileAttributeView view =
        Files.getFileAttributeView(fresh, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      view.setPermissions(USUAL);
      return;
    }
    PosixFileAttributes old =
        Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    view.setOwner(old.owner());
    view.setGroup(old.group());
    view.setPermissions(old.permissions());
  }

  private ProblemException failed(IOException e) {
    return Problem.of("write-failed", "writing names to " + path + " failed")
        .detail(e.toString())
        .hint("Is it on a file system that cannot be written, or marked immutable?")
        .asException(e);
  }
}
