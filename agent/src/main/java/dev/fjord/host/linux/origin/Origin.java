package dev.fjord.host.linux.origin;

import dev.fjord.host.linux.origin.web.Web;
import dev.fjord.model.Source;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Where the content of a kernel or an image can be read. What a source holds is what it gives when
 * it is decompressed, once: an archive within an archive stays one.
 */
public sealed interface Origin permits SourceFile, WebFile {

  /**
   * The origin that a document names.
   *
   * @param subject how a sentence about it begins ({@code the source of image tiny})
   */
  static Origin of(String subject, Source source, Web web) {
    return switch (source) {
      case Source.FileSource file -> new SourceFile(subject, file.path());
      case Source.HttpsSource https -> new WebFile(subject, https.uri(), web);
    };
  }

  /**
   * Copies what it holds into a file that is there and empty, sparse and durable.
   *
   * @return what was copied
   * @throws dev.fjord.problem.ProblemException when it could not be read, is damaged, or does not
   *     hold what is expected. The file may have any content then.
   * @throws IOException when the copy could not be written
   */
  Content copy(Path to, Expected expected, Gauge gauge) throws IOException;

  /** What it holds; as {@link #copy}, but nothing is written. */
  Content content(Expected expected, Gauge gauge) throws IOException;

  /** Receives how far reading has come, in bytes of the source as it is stored. */
  @FunctionalInterface
  interface Gauge {
    /**
     * After each mebibyte of content, by the thread that reads.
     *
     * @param of how many there are in all; less than 0 while that is unknown
     */
    void read(long bytes, long of);

    /** An earlier attempt has left these bytes, and this one goes on after them. */
    default void goesOn(long bytes) {}
  }
}
