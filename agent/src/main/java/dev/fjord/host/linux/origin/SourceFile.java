package dev.fjord.host.linux.origin;

import dev.fjord.model.ByteSize;
import dev.fjord.problem.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The file that a {@code file:} source names, plain or compressed. What it holds is what it gives
 * when it is decompressed, once: an archive within an archive stays one.
 *
 * @param subject how a sentence about it begins ({@code the source of image tiny})
 */
public record SourceFile(String subject, Path path) {
  /** Of a process's memory, one decompressor's share is bounded, so there is one at a time. */
  private static final ReentrantLock DECOMPRESSING = new ReentrantLock(true);

  /**
   * Copies what it holds into a file that is there and empty, sparse and durable.
   *
   * @return what was copied; its digest is for the caller to compare
   * @throws ProblemException when it is no regular file, is damaged, or holds more or less than is
   *     expected. A link is refused: what it points to can change without a commit. A FIFO would
   *     never end.
   * @throws IOException when the copy could not be written
   */
  public Content copy(Path to, Expected expected, Gauge gauge) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(to.toFile(), "rw")) {
      Content content = read(file.getChannel(), expected, gauge);
      file.setLength(content.size().bytes());
      file.getChannel().force(true);
      return content;
    }
  }

  /** What it holds; as {@link #copy}, but nothing is written. */
  public Content content(Expected expected, Gauge gauge) throws IOException {
    return read(null, expected, gauge);
  }

  private Content read(@Nullable FileChannel out, Expected expected, Gauge gauge)
      throws IOException {
    SourceProblem problem = new SourceProblem(subject, path);
    long length = problem.lengthOfFile();
    try (FileBytes file = open(problem)) {
      Compression compression = Compression.of(file.first(Compression.MARK_BYTES));
      Runnable done = () -> gauge.read(Math.min(file.position(), length), length);
      if (compression != Compression.NONE) {
        return decompress(file, compression, out, expected, done);
      }
      ByteSize exact = expected.exact();
      if (exact != null && length != exact.bytes()) {
        throw problem.otherLength(length, exact, compression);
      }
      VerifiedCopy copy = VerifiedCopy.of(file, out, length, done);
      if (copy.bytes() != length) {
        throw problem.changed(length, copy.bytes());
      }
      return new Content(copy.digest(), new ByteSize(length), compression, copy.form());
    }
  }

  private FileBytes open(SourceProblem problem) {
    try {
      return FileBytes.open(path);
    } catch (IOException e) {
      throw problem.unreadable(e);
    }
  }

  private Content decompress(
      FileBytes file,
      Compression compression,
      @Nullable FileChannel out,
      Expected expected,
      Runnable done)
      throws IOException {
    SourceProblem problem = new SourceProblem(subject, path);
    DECOMPRESSING.lock();
    try (InputStream in = new Decompressed(file, compression)) {
      VerifiedCopy copy = VerifiedCopy.of(in, out, expected.most().bytes(), done);
      ByteSize exact = expected.exact();
      if (copy.bytes() > expected.most().bytes()) {
        throw problem.holdsMore(expected, compression);
      } else if (copy.bytes() == 0 || exact != null && copy.bytes() != exact.bytes()) {
        throw problem.otherLength(copy.bytes(), exact, compression);
      }
      return new Content(copy.digest(), new ByteSize(copy.bytes()), compression, copy.form());
    } catch (Decompressed.DamagedException e) {
      throw problem.damaged(compression, file.position(), e);
    } catch (LinkageError e) {
      throw problem.noLibrary(compression, e);
    } finally {
      DECOMPRESSING.unlock();
    }
  }

  /** Told how far reading has come, in bytes of the source as it lies there. */
  @FunctionalInterface
  public interface Gauge {
    /** After each mebibyte of content, by the thread that reads. */
    void read(long bytes, long of);
  }
}
