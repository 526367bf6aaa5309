package dev.fjord.load;

import dev.fjord.model.Tree;
import dev.fjord.problem.Location;
import dev.fjord.problem.Nearest;
import dev.fjord.problem.Printable;
import dev.fjord.problem.Problem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Chooses a tree's files that are fjord's, and refuses those that look as if they were. */
final class TreeFiles {
  /** A file that is to be read. */
  record Chosen(Tree.File file, Folder folder) {}

  private final ProblemCollector problems;
  private final List<Chosen> chosen = new ArrayList<>();
  private final List<Chosen> strays = new ArrayList<>();
  private final Set<Folder> unread = new HashSet<>();
  private final Set<String> strayFolders = new HashSet<>();

  private TreeFiles(ProblemCollector problems) {
    this.problems = problems;
  }

  /**
   * What to read, and what stands there and is not read.
   *
   * @param unread where something stands that is not read: what it declares is unknown, never
   *     absent
   * @param strays YAML in no folder of fjord's
   */
  record Choice(List<Chosen> files, Set<Folder> unread, List<Chosen> strays) {}

  static Choice choose(Tree tree, ProblemCollector problems) {
    TreeFiles files = new TreeFiles(problems);
    tree.files().forEach(files::consider);
    tree.skipped().forEach(files::considerSkipped);
    return new Choice(files.chosen, files.unread, files.strays);
  }

  private void consider(Tree.File file) {
    String path = file.path();
    if (isHidden(path) || !Tree.File.isYaml(path)) {
      return;
    }
    Folder folder = Folder.of(path.replaceFirst("\\.[a-zA-Z]+$", ".yaml"));
    if (folder == null) {
      refuseStray(path);
      strays.add(new Chosen(file, Folder.NOWHERE));
    } else if (!path.endsWith(".yaml")) {
      refuse(folder, "wrong-extension", path, "fjord does not read this file", "name it .yaml");
    } else {
      if (folder.isNobodys()) {
        tell(
            folder,
            "wrong-name",
            path,
            "no partner can have the name of this file or folder",
            "a name is 1 to 32 of a-z, 0-9 and '-', starts with a letter and does not end in '-'");
      }
      chosen.add(new Chosen(file, folder));
    }
  }

  /** A partner who puts a link in the place of a file must not seem to have removed a machine. */
  private void considerSkipped(Problem skipped) {
    Location place = skipped.location();
    if (place == null || isHidden(place.file())) {
      return;
    }
    String path = place.file();
    if (path.equals(Folder.PARTNERS)) {
      problems.add(Scope.EVERYTHING, skipped);
      return;
    }
    // What has no extension is, or stands for, a folder with all that is in it.
    boolean isFolder = Folder.KINDS.containsKey(path) || path.matches(Folder.PARTNERS + "/[^/.]+");
    Folder folder = Folder.of(isFolder ? path + "/" : path);
    if (folder != null) {
      unread.add(folder);
      problems.add(folder.scope(), skipped);
    }
  }

  private static boolean isHidden(String path) {
    return path.startsWith(".") || path.contains("/.");
  }

  /** {@code instance/linda.yaml} would never be read, and its author would wait for a machine. */
  private void refuseStray(String path) {
    int slash = path.indexOf('/');
    if (slash < 0 || !strayFolders.add(path.substring(0, slash))) {
      return;
    }
    Set<String> known = new TreeSet<>(Folder.KINDS.keySet());
    known.add(Folder.PARTNERS);
    String folder = path.substring(0, slash);
    String hint = Nearest.hint(folder, known);
    if (hint != null) {
      problems.add(
          Scope.EVERYTHING,
          Problem.of("unknown-folder", "fjord reads no folder called " + Printable.quote(folder))
              .hint(hint)
              .at(Location.file(Printable.clause(path))));
    }
  }

  private void refuse(Folder folder, String code, String path, String summary, String hint) {
    unread.add(folder);
    tell(folder, code, path, summary, hint);
  }

  private void tell(Folder folder, String code, String path, String summary, String hint) {
    Location place = Location.file(Printable.clause(path));
    problems.add(folder.scope(), Problem.of(code, summary).hint(hint).at(place));
  }
}
