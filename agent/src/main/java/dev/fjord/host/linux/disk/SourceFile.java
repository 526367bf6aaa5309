package dev.fjord.host.linux.disk;

import dev.fjord.model.ByteSize;
import dev.fjord.model.Digest;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * The file that a {@code file:} source names, and what can be wrong with it.
 *
 * @param what is to be stored from it ({@code image tiny})
 */
record SourceFile(String what, Path path) {

  /**
   * How long it is.
   *
   * @param pinned the length that it must have; null for any
   * @throws ProblemException when it is no regular file. A link is refused: what it points to can
   *     change without a commit. A FIFO would never end.
   */
  long length(@Nullable ByteSize pinned) {
    BasicFileAttributes found;
    try {
      found = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      throw Problem.of("source-missing", "the source of " + what + " could not be found: " + path)
          .detail(e.toString())
          .hint("Put the file there on this host, or correct spec.source.")
          .asException(e);
    }
    if (!found.isRegularFile()) {
      throw Problem.of(
              "source-no-file",
              "the source of " + what + " is " + kind(found) + ", not a file: " + path)
          .hint("Name the regular file itself in spec.source.")
          .asException();
    }
    if (found.size() == 0 || pinned != null && found.size() != pinned.bytes()) {
      throw Problem.of(
              "source-size",
              "the source of "
                  + what
                  + " has "
                  + found.size()
                  + " bytes"
                  + (pinned == null ? "" : ", not " + pinned.bytes() + " (" + pinned + ")")
                  + ": "
                  + path)
          .hint("Correct spec.size and spec.sha256, or put the right file there.")
          .asException();
    }
    return found.size();
  }

  static ProblemException otherDigest(String what, Path path, Digest found, Digest pinned) {
    return Problem.of(
            "digest-mismatch", "the source of " + what + " is not what is pinned: " + path)
        .detail("sha256 found:  " + found + "\nsha256 pinned: " + pinned)
        .hint("Nothing was stored. If the file is the right one, pin its digest in spec.sha256.")
        .asException();
  }

  static ProblemException changed(String what, Path path, IOException e) {
    return Problem.of(
            "source-changed", "the source of " + what + " changed while it was read: " + path)
        .detail(e.getMessage())
        .hint("Nothing was stored. Let whoever writes the file finish; the next run tries again.")
        .asException(e);
  }

  private static String kind(BasicFileAttributes found) {
    if (found.isSymbolicLink()) {
      return "a symbolic link";
    }
    return found.isDirectory() ? "a directory" : "a FIFO, socket or device";
  }
}
