package dev.fjord.host.linux.origin;

import dev.fjord.host.linux.origin.web.Download;
import dev.fjord.host.linux.origin.web.Partial;
import dev.fjord.host.linux.origin.web.Web;
import dev.fjord.model.Source.HttpsSource;
import dev.fjord.problem.ProblemException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The file that an {@code https:} source names, plain or compressed.
 *
 * <p>While a copy is made the bytes as they come lie beside it ({@link Partial}), so that a later
 * attempt continues where this one was cut off, killed or not: it reads them again, and asks the
 * server for the rest. Of a plain source they become the copy; those of a compressed one are
 * removed when it is whole. They are not trusted: the digest decides, and where it does not fit
 * what was put together from parts, everything is fetched anew, once.
 *
 * @param subject how a sentence about it begins ({@code the source of image tiny})
 */
public record WebFile(String subject, URI uri, Web web) implements Origin {

  @Override
  public Content copy(Path to, Expected expected, Gauge gauge) throws IOException {
    try {
      return attempt(to, expected, gauge);
    } catch (PatchedTogether unfit) {
      try {
        return attempt(to, expected, gauge);
      } catch (PatchedTogether again) {
        throw again.problem;
      }
    }
  }

  @Override
  public Content content(Expected expected, Gauge gauge) throws IOException {
    try (Download download = download(null, expected)) {
      return read(download, null, expected, gauge);
    }
  }

  private Content attempt(Path to, Expected expected, Gauge gauge) throws IOException {
    try (Partial partial = Partial.beside(to, uri);
        Download download = download(partial, expected)) {
      try {
        return copy(download, partial, to, expected, gauge);
      } catch (ProblemException e) {
        if (!download.canBeGoneOnWith()) {
          partial.discard();
          if (download.isPatchedTogether()) {
            throw new PatchedTogether(e);
          }
        }
        throw e;
      } catch (IOException e) {
        partial.discard();
        throw e;
      }
    }
  }

  private Content copy(Download download, Partial partial, Path to, Expected expected, Gauge gauge)
      throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(to.toFile(), "rw")) {
      file.setLength(0);
      Content content = read(download, file, expected, gauge);
      if (content.compression() == Compression.NONE) {
        partial.moveTo(to);
      } else {
        file.setLength(content.size().bytes());
        file.getChannel().force(true);
        partial.discard();
      }
      return content;
    }
  }

  private Download download(@Nullable Partial partial, Expected expected) {
    return new Download(subject, uri, web, partial, expected.mostOfSource());
  }

  /**
   * Reads it all.
   *
   * @param out where the content of a compressed one goes; null to write none
   */
  private Content read(
      Download download, @Nullable RandomAccessFile out, Expected expected, Gauge gauge)
      throws IOException {
    VerifyingReader reader =
        new VerifyingReader(new SourceProblem(subject, HttpsSource.shown(uri)), expected);
    RawBytes raw = new RawBytes(download);
    Compression compression = Compression.of(raw.first(Compression.MARK_BYTES));
    if (download.fromEarlier() > 0) {
      gauge.goesOn(download.fromEarlier());
    }
    Runnable done = () -> gauge.read(raw.position(), download.total());
    return compression == Compression.NONE
        ? reader.plain(raw, download.total(), null, done)
        : reader.compressed(
            raw, compression, out == null ? null : out.getChannel(), done, download::fetchAhead);
  }

  /** What came in several parts does not fit: a part may be of another file. */
  private static final class PatchedTogether extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient ProblemException problem;

    PatchedTogether(ProblemException problem) {
      super(problem);
      this.problem = problem;
    }
  }
}
