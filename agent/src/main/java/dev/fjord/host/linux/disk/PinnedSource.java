package dev.fjord.host.linux.disk;

import dev.fjord.host.HostPort.Progress;
import dev.fjord.host.linux.origin.Content;
import dev.fjord.host.linux.origin.Expected;
import dev.fjord.host.linux.origin.Origin;
import dev.fjord.host.linux.origin.web.Web;
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
record PinnedSource(String what, Source source, Web web) {

  /**
   * Copies its content, decompressed, into a new file that is sparse and durable. When the content
   * is not the pinned one no file is left; the part of a download that arrived stays beside it, for
   * the next attempt.
   *
   * @throws ProblemException when it is another content, or more than expected
   * @throws IOException when the copy could not be written
   */
  Content copy(Path to, Expected expected, Progress progress) throws IOException {
    Files.createDirectories(to.getParent());
    try {
      Folders.delete(to);
      SparseFile.create(to, 0);
      return Origin.of("the source of " + what, source, web)
          .copy(to, expected, new Percent(what, progress));
    } catch (IOException | ProblemException e) {
      Folders.delete(to);
      throw e;
    }
  }
}
