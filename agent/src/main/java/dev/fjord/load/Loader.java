package dev.fjord.load;

import dev.fjord.model.Desired;
import dev.fjord.model.Tree;
import dev.fjord.problem.Checked;
import dev.fjord.problem.ProblemException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads what a revision asks for. Keep one as long as the program runs: a file that has not changed
 * since the last tree is neither read nor parsed again. Thread-safe.
 */
public final class Loader {
  private static final int LARGEST_FILE = 1 << 20;

  private record Remembered(String content, Reading reading) {}

  private Map<String, Remembered> memory = new HashMap<>();
  private int parsed;

  /**
   * Loads a tree, with all of its problems at once.
   *
   * @return no value when a fault concerns everybody; else the fault's owner is in {@link
   *     Desired#held()} and the others' instances are there
   */
  public synchronized Checked<Desired> load(Tree tree) {
    Faults faults = new Faults();
    TreeFiles.Choice choice = TreeFiles.choose(tree, faults);
    Intake intake = new Intake(faults);
    for (TreeFiles.Chosen one : choice.files()) {
      if (intake.wants(one.folder())) {
        intake.add(taken(tree, one));
      }
    }
    remember(intake);
    if (intake.isTooMuchForAll()) {
      return new Checked<>(null, faults.sorted());
    }
    List<LoadedFile> files = intake.files().stream().map(taken -> taken.reading().file()).toList();
    Set<Folder> unread = new HashSet<>(choice.unread());
    unread.addAll(intake.unread());
    Catalogue catalogue = Catalogue.of(files, unread, faults);
    new PostInstallScripts(tree, faults).fill(catalogue);
    Desired desired = Resolve.everything(catalogue, faults);
    return new Checked<>(desired, faults.sorted());
  }

  /** How many files were parsed, ever. */
  synchronized int parsed() {
    return parsed;
  }

  private void remember(Intake intake) {
    Map<String, Remembered> next = new HashMap<>();
    for (Intake.Taken taken : intake.files()) {
      if (taken.content() != null) {
        next.put(taken.path(), new Remembered(taken.content(), taken.reading()));
      }
    }
    memory = next;
  }

  private Intake.Taken taken(Tree tree, TreeFiles.Chosen one) {
    String path = one.file().path();
    String content = one.file().content();
    // Taken out, so that what a file said before is not in memory beside what it says now.
    Remembered known = memory.remove(path);
    if (known != null && known.content.equals(content)) {
      return new Intake.Taken(path, content, known.reading);
    }
    byte[] bytes;
    try {
      bytes = tree.read(one.file(), LARGEST_FILE);
    } catch (ProblemException e) {
      // Not remembered: a disk that failed may be back the next time.
      return new Intake.Taken(path, null, Reading.failed(one.folder(), path, e.problem()));
    }
    parsed++;
    return new Intake.Taken(path, content, FileReader.read(one.folder(), path, bytes));
  }
}
