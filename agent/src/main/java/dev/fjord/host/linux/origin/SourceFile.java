package dev.fjord.host.linux.origin;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The file that a {@code file:} source names, plain or compressed. A link is refused: what it
 * points to can change without a commit. So is a FIFO, which would never end.
 *
 * @param subject how a sentence about it begins ({@code the source of image tiny})
 */
public record SourceFile(String subject, Path path) implements Origin {

  @Override
  public Content copy(Path to, Expected expected, Gauge gauge) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(to.toFile(), "rw")) {
      Content content = read(file.getChannel(), expected, gauge);
      file.setLength(content.size().bytes());
      file.getChannel().force(true);
      return content;
    }
  }

  @Override
  public Content content(Expected expected, Gauge gauge) throws IOException {
    return read(null, expected, gauge);
  }

  private Content read(@Nullable FileChannel out, Expected expected, Gauge gauge)
      throws IOException {
    SourceProblem problem = new SourceProblem(subject, path.toString());
    long length = problem.lengthOf(path);
    VerifyingReader reader = new VerifyingReader(problem, expected);
    try (RawBytes file = open(problem)) {
      Compression compression = Compression.of(file.first(Compression.MARK_BYTES));
      Runnable done = () -> gauge.read(Math.min(file.position(), length), length);
      return compression == Compression.NONE
          ? reader.plain(file, length, out, done)
          : reader.compressed(file, compression, out, done, () -> {});
    }
  }

  private RawBytes open(SourceProblem problem) {
    try {
      return RawBytes.open(path);
    } catch (IOException e) {
      throw problem.unreadable(e);
    }
  }
}
