package dev.fjord.load;

import dev.fjord.problem.FirstProblems;
import dev.fjord.problem.Location;
import dev.fjord.problem.Printable;
import dev.fjord.problem.Problem;
import java.util.List;

/**
 * What came of reading a file.
 *
 * @param problems complete, and no longer changed
 */
record Reading(LoadedFile file, FirstProblems problems) {

  /** A file that is no document of fjord's, and lies where none belongs. */
  static Reading ofNobody(String path, int bytes) {
    String label = Printable.clause(path);
    return new Reading(
        new LoadedFile(Folder.NOWHERE, label, List.of(), true, true, bytes, 0),
        new FirstProblems(1));
  }

  /** The same without its problems: it was not meant to be a document of fjord's. */
  Reading untold() {
    return new Reading(file, problems.none());
  }

  /** A file that is there and was not read: what it declares is unknown, never absent. */
  static Reading failed(Folder folder, String path, Problem why) {
    String label = Printable.clause(path);
    FirstProblems problems = new FirstProblems(1);
    problems.add(why.location() == null ? why.at(Location.file(label)) : why);
    return new Reading(new LoadedFile(folder, label, List.of(), false, false, 0, 0), problems);
  }
}
