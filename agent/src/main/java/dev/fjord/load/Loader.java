package dev.fjord.load;

import dev.fjord.model.Desired;
import dev.fjord.model.Tree;
import dev.fjord.problem.Checked;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads what a revision asks for. Keep one as long as the program runs: a file that has not changed
 * since the last tree is neither read nor parsed again. Thread-safe.
 */
public final class Loader {
  private static final int LARGEST_FILE = 1 << 20;

  /** What one partner's files may come to, so that one of them cannot fill the agent's memory. */
  private static final long MOST_BYTES_OF_PARTNER = 8L << 20;

  private record Remembered(String content, LoadedFile file) {}

  private Map<String, Remembered> memory = Map.of();
  private int parsed;

  /**
   * Loads a tree, with all of its problems at once.
   *
   * @return no value when a fault concerns everybody; else the fault's owner is in {@link
   *     Desired#held()} and the others' instances are there
   */
  public synchronized Checked<Desired> load(Tree tree) {
    Faults faults = new Faults();
    List<LoadedFile> files = read(tree, TreeFiles.choose(tree, faults), faults);
    Catalogue catalogue = Catalogue.of(files, faults);
    new PostInstallScripts(tree, faults).fill(catalogue);
    Desired desired = Resolve.everything(catalogue, faults);
    return new Checked<>(desired, faults.sorted());
  }

  /** How many files were parsed, ever. */
  synchronized int parsed() {
    return parsed;
  }

  private List<LoadedFile> read(Tree tree, TreeFiles.Choice choice, Faults faults) {
    Map<String, Remembered> next = new HashMap<>();
    Map<Scope, Long> bytes = new HashMap<>();
    List<LoadedFile> files = new ArrayList<>(choice.refused());
    for (TreeFiles.Chosen one : choice.files()) {
      Scope scope = one.folder().scope();
      boolean isPartners = one.folder().partner() != null;
      if (isPartners && bytes.getOrDefault(scope, 0L) > MOST_BYTES_OF_PARTNER) {
        files.add(tooMuch(one));
        continue;
      }
      LoadedFile file = remembered(tree, one, next);
      bytes.merge(scope, (long) file.bytes(), Long::sum);
      files.add(file);
    }
    for (LoadedFile file : files) {
      file.problems().forEach(problem -> faults.add(file.folder().scope(), problem));
    }
    memory = next;
    return files;
  }

  private LoadedFile remembered(Tree tree, TreeFiles.Chosen one, Map<String, Remembered> next) {
    String path = one.file().path();
    Remembered known = memory.get(path);
    if (known == null || !known.content.equals(one.file().content())) {
      byte[] bytes;
      try {
        bytes = tree.read(one.file(), LARGEST_FILE);
      } catch (ProblemException e) {
        // Not remembered: a disk that failed may be back the next time.
        return LoadedFile.unread(one.folder(), path, e.problem());
      }
      parsed++;
      known = new Remembered(one.file().content(), FileReader.read(one.folder(), path, bytes));
    }
    next.put(path, known);
    return known.file;
  }

  private static LoadedFile tooMuch(TreeFiles.Chosen one) {
    return LoadedFile.unread(
        one.folder(),
        one.file().path(),
        Problem.of(
                "too-large",
                "the partner's files come to more than %,d MiB; this one was not read"
                    .formatted(MOST_BYTES_OF_PARTNER >> 20))
            .hint("a document takes a few hundred bytes"));
  }
}
