package dev.fjord.host.linux.watch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What was read of a file that is replaced as a whole whenever it changes, so that one stat(2)
 * shows whether it has to be read again. Not safe for use by many threads.
 *
 * @param <T> what is read
 */
final class FileCopy<T> {
  private final Path path;
  private final Supplier<T> read;
  private @Nullable Stamp stamp;
  private @Nullable T value;

  private record Stamp(@Nullable Object inode, FileTime modified, long size) {}

  /**
   * @param read is asked where the file is not there, too
   */
  FileCopy(Path path, Supplier<T> read) {
    this.path = path;
    this.read = read;
  }

  T get() {
    Stamp now = stamp();
    T known = value;
    if (known == null || !Objects.equals(now, stamp)) {
      known = read.get(); // After the look: what is written meanwhile is seen the next time.
      value = known;
      stamp = now;
    }
    return known;
  }

  private @Nullable Stamp stamp() {
    try {
      BasicFileAttributes seen = Files.readAttributes(path, BasicFileAttributes.class);
      return new Stamp(seen.fileKey(), seen.lastModifiedTime(), seen.size());
    } catch (IOException notThere) {
      return null;
    }
  }
}
