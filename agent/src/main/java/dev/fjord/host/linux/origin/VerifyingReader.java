package dev.fjord.host.linux.origin;

import dev.fjord.model.ByteSize;
import dev.fjord.model.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Reads a source once, and compares its content with what is expected. */
record VerifyingReader(SourceProblem problem, Expected expected) {
  /** Of a process's memory, one decompressor's share is bounded, so there is one at a time. */
  private static final ReentrantLock DECOMPRESSING = new ReentrantLock(true);

  /**
   * A source that is not compressed.
   *
   * @param length how long it is; less than 0 when that is unknown
   * @param out an empty file, which may end up shorter by the zeros at the end; null to write none
   * @param done called after each mebibyte
   */
  Content plain(RawBytes in, long length, @Nullable FileChannel out, Runnable done)
      throws IOException {
    ByteSize exact = expected.exact();
    if (length >= 0 && exact != null && length != exact.bytes()) {
      throw problem.otherLength(length, exact, Compression.NONE);
    }
    long limit = length >= 0 ? length : expected.most().bytes();
    VerifiedCopy copy = VerifiedCopy.of(in, out, limit, done);
    if (length >= 0 && copy.bytes() != length) {
      throw problem.changed(length, copy.bytes());
    }
    return checked(copy, limit, Compression.NONE);
  }

  /**
   * A compressed source.
   *
   * @param out as for {@link #plain}
   * @param meanwhile what to do when another source is being decompressed, before it is this one's
   *     turn
   */
  Content compressed(
      RawBytes in,
      Compression compression,
      @Nullable FileChannel out,
      Runnable done,
      Meanwhile meanwhile)
      throws IOException {
    if (!DECOMPRESSING.tryLock()) {
      meanwhile.run();
      DECOMPRESSING.lock();
    }
    try (InputStream content = new Decompressed(in, compression)) {
      long limit = expected.most().bytes();
      return checked(VerifiedCopy.of(content, out, limit, done), limit, compression);
    } catch (Decompressed.DamagedException e) {
      in.throwFailure();
      throw problem.damaged(compression, in.position(), e);
    } catch (LinkageError e) {
      throw problem.noLibrary(compression, e);
    } finally {
      DECOMPRESSING.unlock();
    }
  }

  private Content checked(VerifiedCopy copy, long limit, Compression compression) {
    ByteSize exact = expected.exact();
    if (copy.bytes() > limit) {
      throw problem.holdsMore(expected, compression);
    } else if (copy.bytes() == 0 || exact != null && copy.bytes() != exact.bytes()) {
      throw problem.otherLength(copy.bytes(), exact, compression);
    }
    Content content =
        new Content(copy.digest(), new ByteSize(copy.bytes()), compression, copy.form());
    Digest pinned = expected.digest();
    if (pinned != null && !pinned.equals(content.digest())) {
      throw problem.otherDigest(content, pinned);
    }
    return content;
  }

  /** Work that may fail as reading does. */
  @FunctionalInterface
  interface Meanwhile {
    void run() throws IOException;
  }
}
