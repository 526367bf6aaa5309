package dev.fjord.host.linux.disk;

import dev.fjord.host.HostPort.Progress;
import dev.fjord.host.linux.origin.Content;
import dev.fjord.host.linux.origin.Expected;
import dev.fjord.host.linux.origin.SourceFile;
import dev.fjord.host.linux.origin.SourceFile.Gauge;
import dev.fjord.host.linux.origin.SourceProblem;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Digest;
import dev.fjord.model.Source;
import dev.fjord.problem.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A source whose content is pinned by its digest.
 *
 * @param what it is the source of, as people call it ({@code image tiny})
 */
public record PinnedSource(String what, Source source, Digest sha256) {
  private static final int REPORTS = 20;

  /**
   * Copies its content, decompressed, into a new file that is sparse and durable. Nothing is there
   * afterwards when it is not what is pinned.
   *
   * @throws ProblemException when it is another content, or more than expected
   * @throws IOException when the copy could not be written
   */
  public Content copy(Path to, Expected expected, Progress progress) throws IOException {
    Path from =
        switch (source) {
          case Source.FileSource file -> file.path();
        };
    Files.createDirectories(to.getParent());
    try {
      Folders.delete(to);
      SparseFile.create(to, 0);
      SourceFile file = new SourceFile("the source of " + what, from);
      Content found = file.copy(to, expected, gauge(what, progress));
      if (!found.digest().equals(sha256)) {
        throw new SourceProblem(file.subject(), from).otherDigest(found, sha256);
      }
      return found;
    } catch (IOException | ProblemException e) {
      Folders.delete(to);
      throw e;
    }
  }

  static Gauge gauge(String what, Progress progress) {
    long[] told = {0};
    return (done, length) -> {
      if (done * REPORTS / length > told[0] && done < length) {
        told[0] = done * REPORTS / length;
        long mebibytes = new ByteSize(length).mebibytes();
        progress.report(what + ": " + done * 100 / length + " % of " + mebibytes + " MiB");
      }
    };
  }
}
