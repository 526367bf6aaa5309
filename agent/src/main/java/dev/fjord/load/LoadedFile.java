package dev.fjord.load;

import dev.fjord.load.document.Document;
import dev.fjord.problem.Location;
import dev.fjord.problem.Printable;
import dev.fjord.problem.Problem;
import java.util.List;

/**
 * All that one file says by itself: a value that can be kept as long as the file does not change.
 *
 * @param label the path, fit to be printed
 * @param complete false when there may be more documents in it than could be read
 * @param bytes its length
 */
record LoadedFile(
    Folder folder,
    String label,
    List<Document> documents,
    List<Problem> problems,
    boolean complete,
    int bytes) {
  LoadedFile {
    documents = List.copyOf(documents);
    problems = List.copyOf(problems);
  }

  /** A file that is there and was not read: what it declares is unknown, never absent. */
  static LoadedFile unread(Folder folder, String path, Problem why) {
    String label = Printable.clause(path);
    Problem here = why.location() == null ? why.at(Location.file(label)) : why;
    return new LoadedFile(folder, label, List.of(), List.of(here), false, 0);
  }
}
