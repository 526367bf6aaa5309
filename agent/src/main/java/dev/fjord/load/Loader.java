package dev.fjord.load;

import dev.fjord.model.Desired;
import dev.fjord.model.Tree;
import dev.fjord.problem.Checked;
import dev.fjord.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Reads what a revision asks for. Keep one as long as the program runs: a file that has not changed
 * since the last tree is neither read nor parsed again. Thread-safe.
 */
public final class Loader {
  private static final int LARGEST_FILE = 1 << 20;

  /** The most bytes that are read of files outside fjord's folders. */
  private static final long MOST_OF_STRAYS = 64 << 20;

  /** What a document of fjord's says, and hardly anything else. */
  private static final String MARK = "fjord.dev/";

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
    ProblemCollector problems = new ProblemCollector();
    TreeFiles.Choice choice = TreeFiles.choose(tree, problems);
    OwnedFiles owned = new OwnedFiles(problems);
    for (TreeFiles.Chosen one : choice.files()) {
      if (owned.wants(one.folder())) {
        owned.add(taken(tree, one));
      }
    }
    List<OwnedFiles.Taken> strays = strays(tree, choice.strays());
    strays.stream().filter(stray -> isOfFjord(stray.reading())).forEach(owned::add);
    remember(Stream.concat(owned.files().stream(), strays.stream()).toList());
    if (owned.isTooMuchForAll()) {
      return new Checked<>(null, problems.sorted());
    }
    List<LoadedFile> files = owned.files().stream().map(taken -> taken.reading().file()).toList();
    Set<Folder> unread = new HashSet<>(choice.unread());
    unread.addAll(owned.unread());
    Catalogue catalogue = Catalogue.of(files, unread, problems);
    new PostInstallScripts(tree, problems).fill(catalogue);
    Desired desired = Resolve.everything(catalogue, problems);
    return new Checked<>(desired, problems.sorted());
  }

  /** How many files were parsed, ever. */
  synchronized int parsed() {
    return parsed;
  }

  /**
   * Files in no folder of fjord's. A document of fjord's among them was put there by mistake, or to
   * be kept: whatever it describes must not seem to be absent.
   */
  private List<OwnedFiles.Taken> strays(Tree tree, List<TreeFiles.Chosen> chosen) {
    List<OwnedFiles.Taken> strays = new ArrayList<>();
    long bytes = 0;
    for (TreeFiles.Chosen one : chosen) {
      OwnedFiles.Taken stray = stray(tree, one);
      bytes += stray.reading().file().bytes();
      if (bytes > MOST_OF_STRAYS) {
        break;
      }
      strays.add(stray);
    }
    return strays;
  }

  /** A file that is too large for a document of fjord's does not count: nothing of it was read. */
  private static boolean isOfFjord(Reading stray) {
    return !stray.file().documents().isEmpty()
        || !stray.file().complete()
            && stray.problems().first().stream().noneMatch(p -> p.code().endsWith("too-large"));
  }

  private void remember(List<OwnedFiles.Taken> files) {
    Map<String, Remembered> next = new HashMap<>();
    for (OwnedFiles.Taken taken : files) {
      if (taken.content() != null) {
        next.put(taken.path(), new Remembered(taken.content(), taken.reading()));
      }
    }
    memory = next;
  }

  private OwnedFiles.Taken taken(Tree tree, TreeFiles.Chosen one) {
    return taken(
        tree,
        one,
        bytes -> {
          parsed++;
          return FileReader.read(one.folder(), one.file().path(), bytes);
        });
  }

  private OwnedFiles.Taken stray(Tree tree, TreeFiles.Chosen one) {
    String path = one.file().path();
    return taken(
        tree,
        one,
        bytes ->
            new String(bytes, StandardCharsets.UTF_8).contains(MARK)
                ? FileReader.read(one.folder(), path, bytes).untold()
                : Reading.ofNobody(path, bytes.length));
  }

  private OwnedFiles.Taken taken(
      Tree tree, TreeFiles.Chosen one, Function<byte[], Reading> reader) {
    String path = one.file().path();
    String content = one.file().content();
    // This is taken out, so that the old content of a file is not in memory beside the new one.
    Remembered known = memory.remove(path);
    if (known != null && known.content.equals(content)) {
      return new OwnedFiles.Taken(path, content, known.reading);
    }
    try {
      return new OwnedFiles.Taken(path, content, reader.apply(tree.read(one.file(), LARGEST_FILE)));
    } catch (ProblemException e) {
      // Not remembered: a disk that failed may be back the next time.
      return new OwnedFiles.Taken(path, null, Reading.failed(one.folder(), path, e.problem()));
    }
  }
}
