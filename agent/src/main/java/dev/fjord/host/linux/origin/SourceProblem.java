package dev.fjord.host.linux.origin;

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
 * What can be wrong with a source, in words that say what to do.
 *
 * @param subject how a sentence about it begins ({@code the source of image tiny})
 * @param place its path or address
 */
record SourceProblem(String subject, String place) {

  /** How long the file is; an exception when it is no regular file, or an empty one. */
  long lengthOf(Path path) {
    BasicFileAttributes found;
    try {
      found = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      throw Problem.of("source-missing", subject + " could not be found: " + place)
          .detail(e.toString())
          .hint("Put the file there on this host, or correct spec.source.")
          .asException(e);
    }
    if (!found.isRegularFile()) {
      throw said("source-no-file", "is " + kind(found) + ", not a file")
          .hint("Name the regular file itself in spec.source.")
          .asException();
    }
    if (found.size() == 0) {
      throw otherLength(0, null, Compression.NONE);
    }
    return found.size();
  }

  ProblemException unreadable(IOException e) {
    return said("source-unreadable", "could not be opened")
        .detail(e.toString())
        .hint("Is it yours to read? 'sudo' may be missing.")
        .asException(e);
  }

  ProblemException otherLength(long bytes, @Nullable ByteSize pinned, Compression compression) {
    return said(
            "source-size",
            "has %d bytes%s%s"
                .formatted(
                    bytes,
                    decompressed(compression),
                    pinned == null ? "" : ", not " + pinned.bytes() + " (" + pinned + ")"))
        .hint(
            "Correct spec.size and spec.sha256 ('fjord digest' prints both), or put the right file"
                + " there.")
        .asException();
  }

  ProblemException holdsMore(Expected expected, Compression compression) {
    boolean pinned = expected.exact() != null;
    return said(
            "source-size",
            "has more than %d bytes (%s)%s"
                .formatted(expected.most().bytes(), expected.most(), decompressed(compression)))
        .hint(
            pinned
                ? "spec.size and spec.sha256 are those of the decompressed content: 'fjord digest'"
                    + " prints both. Or put the right file there."
                : "No more is decompressed where no size is pinned. Put the right file there, or"
                    + " the decompressed one.")
        .asException();
  }

  ProblemException changed(long expected, long read) {
    return said("source-changed", "changed while it was read")
        .detail(
            "it had %d bytes, and then %d%s"
                .formatted(expected, read, read > expected ? " or more" : ""))
        .hint("Nothing was stored. Let whoever writes the file finish; the next run tries again.")
        .asException();
  }

  ProblemException damaged(
      Compression compression, long position, Decompressed.DamagedException e) {
    if (e.wantsMemory()) {
      return said(
              "source-memory", "needs too much memory to decompress (" + compression.word() + ")")
          .detail(String.valueOf(e.getMessage()))
          .hint(
              "xz may take %d MiB and zstd a window of 128 MiB: compress it with a lower level."
                  .formatted(Decompressed.MEMORY_MIB))
          .asException(e);
    }
    return said("source-damaged", "could not be decompressed (" + compression.word() + ")")
        .detail("%s\nfound at or before byte %d of it".formatted(e.getMessage(), position))
        .hint("It is cut short or damaged, or something follows its end. Fetch it again.")
        .asException(e);
  }

  ProblemException noLibrary(Compression compression, LinkageError e) {
    return said(
            "no-decompressor", "could not be decompressed: " + compression.word() + " did not load")
        .detail(e.toString())
        .hint(
            "Its library is unpacked to "
                + System.getProperty("java.io.tmpdir")
                + ", where programs must be allowed to run (no 'noexec').")
        .asException(e);
  }

  /**
   * The digest is that of the decompressed content, if it was compressed. Nothing is in the store
   * yet.
   */
  ProblemException otherDigest(Content found, Digest pinned) {
    boolean plain = found.compression() == Compression.NONE;
    return said("digest-mismatch", "is not what is pinned")
        .detail(
            "sha256 found:  %s%s\nsha256 pinned: %s"
                .formatted(found.digest(), decompressed(found.compression()), pinned))
        .hint(
            "Nothing was stored. If the file is the right one, pin its digest in spec.sha256"
                + (plain ? "." : ": that of the decompressed content."))
        .asException();
  }

  private Problem said(String code, String fault) {
    return Problem.of(code, subject + " " + fault + ": " + place);
  }

  private static String decompressed(Compression compression) {
    return compression == Compression.NONE
        ? ""
        : " when it is decompressed (" + compression.word() + ")";
  }

  private static String kind(BasicFileAttributes found) {
    if (found.isSymbolicLink()) {
      return "a symbolic link";
    }
    return found.isDirectory() ? "a directory" : "a FIFO, socket or device";
  }
}
