package dev.fjord.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;

/**
 * Shows that a file has not changed, without reading it: no system call sets st_ctim (stat(2)), and
 * every change of content or attributes moves it, chattr(1) included.
 *
 * @param modified st_mtim
 * @param changed st_ctim
 */
public record FileState(long device, long inode, long size, FileTime modified, FileTime changed) {
  /** Longer than any file system's clock tick: two changes within one tick have one time. */
  private static final Duration SETTLED = Duration.ofSeconds(2);

  /** The present state of a file; links are not followed. */
  public static FileState of(Path file) throws IOException {
    Map<String, Object> seen =
        Files.readAttributes(
            file, "unix:dev,ino,size,lastModifiedTime,ctime", LinkOption.NOFOLLOW_LINKS);
    return new FileState(
        (Long) Objects.requireNonNull(seen.get("dev")),
        (Long) Objects.requireNonNull(seen.get("ino")),
        (Long) Objects.requireNonNull(seen.get("size")),
        (FileTime) Objects.requireNonNull(seen.get("lastModifiedTime")),
        (FileTime) Objects.requireNonNull(seen.get("ctime")));
  }

  /**
   * Whether a later change is sure to have another time. What was read of a file that has changed
   * just now, or that has a time in the future, proves nothing the next time.
   */
  public boolean isSettled(Instant now) {
    return changed.toInstant().isBefore(now.minus(SETTLED));
  }
}
