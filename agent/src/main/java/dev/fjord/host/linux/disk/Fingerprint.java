package dev.fjord.host.linux.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;

/**
 * Distinguishes one state of a file from another without reading it. A write moves {@code changed},
 * and so does setting {@code modified} back after it: no system call sets {@code changed} itself
 * (stat(2), st_ctim). It also moves for reasons that change no byte, such as a rename or chmod(2).
 *
 * @param modified st_mtim
 * @param changed st_ctim
 */
record Fingerprint(long inode, long size, Instant modified, Instant changed) {

  /** The fingerprint of a file in its present state; links are not followed. */
  static Fingerprint of(Path file) throws IOException {
    Map<String, Object> seen =
        Files.readAttributes(
            file, "unix:ino,size,lastModifiedTime,ctime", LinkOption.NOFOLLOW_LINKS);
    return new Fingerprint(
        (Long) Objects.requireNonNull(seen.get("ino")),
        (Long) Objects.requireNonNull(seen.get("size")),
        ((FileTime) Objects.requireNonNull(seen.get("lastModifiedTime"))).toInstant(),
        ((FileTime) Objects.requireNonNull(seen.get("ctime"))).toInstant());
  }
}
