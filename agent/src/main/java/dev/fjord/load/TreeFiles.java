package dev.fjord.load;

import dev.fjord.load.document.DocumentKind;
import dev.fjord.load.schema.Nearest;
import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Tree;
import dev.fjord.problem.Location;
import dev.fjord.problem.Printable;
import dev.fjord.problem.Problem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/** Chooses a tree's files that are fjord's, and refuses those that look as if they were. */
final class TreeFiles {
  private static final int MOST_FILES = 50_000;

  /** Of one partner: beyond it, reading alone would keep the others waiting. */
  private static final int MOST_FILES_OF_PARTNER = 1_000;

  /** A file that is to be read. */
  record Chosen(Tree.File file, Folder folder) {}

  private final Faults faults;
  private final List<Chosen> chosen = new ArrayList<>();
  private final List<LoadedFile> refused = new ArrayList<>();
  private final Map<ResourceName, Integer> perPartner = new HashMap<>();
  private final Set<String> strayFolders = new HashSet<>();

  private TreeFiles(Faults faults) {
    this.faults = faults;
  }

  /**
   * What to read, and what stands there and is not read.
   *
   * @param refused with the problem that says why, and without documents
   */
  record Choice(List<Chosen> files, List<LoadedFile> refused) {}

  static Choice choose(Tree tree, Faults faults) {
    TreeFiles files = new TreeFiles(faults);
    tree.files().forEach(files::consider);
    tree.skipped().forEach(files::considerSkipped);
    files.refuseTooMany();
    return new Choice(files.chosen, files.refused);
  }

  private void consider(Tree.File file) {
    String path = file.path();
    String lower = path.toLowerCase(Locale.ROOT);
    if (isHidden(path) || !(lower.endsWith(".yaml") || lower.endsWith(".yml"))) {
      return;
    }
    Folder folder = Folder.of(path.replaceFirst("\\.[a-zA-Z]+$", ".yaml"));
    if (folder == null) {
      refuseStray(path);
    } else if (!path.endsWith(".yaml")) {
      refuse(folder, "wrong-extension", path, "fjord does not read this file", "name it .yaml");
    } else if (folder.isMisnamed()) {
      refuse(
          folder,
          "wrong-name",
          path,
          "no partner can have the name of this file or folder",
          "a name is 1 to 32 of a-z, 0-9 and '-', starts with a letter and does not end in '-'");
    } else if (folder.partner() == null
        || perPartner.merge(folder.partner(), 1, Integer::sum) <= MOST_FILES_OF_PARTNER) {
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
    Folder folder = Folder.of(path);
    if (path.equals(Folder.PARTNERS)) {
      faults.add(Scope.EVERYTHING, skipped);
    } else if (folder != null) {
      refused.add(LoadedFile.unread(folder, path, skipped));
    } else if (Folder.KINDS.containsKey(path)) {
      refused.add(LoadedFile.unread(Objects.requireNonNull(Folder.of(path + "/")), path, skipped));
    }
  }

  private static boolean isHidden(String path) {
    return path.startsWith(".") || path.contains("/.");
  }

  /** {@code instance/linda.yaml} is read by nobody, and its author would wait for a machine. */
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
      faults.add(
          Scope.EVERYTHING,
          Problem.of("unknown-folder", "fjord reads no folder called " + Printable.quote(folder))
              .hint(hint)
              .at(Location.file(Printable.clause(path))));
    }
  }

  private void refuse(Folder folder, String code, String path, String summary, String hint) {
    refused.add(LoadedFile.unread(folder, path, Problem.of(code, summary).hint(hint)));
  }

  private void refuseTooMany() {
    perPartner.forEach((partner, count) -> {
      if (count > MOST_FILES_OF_PARTNER) {
        refuse(
            new Folder(DocumentKind.INSTANCE, Scope.of(Owner.partner(partner)), partner),
            "too-many-files",
            Folder.PARTNERS + "/" + partner,
            "the folder of partner %s holds %,d files, and at most %,d are read"
                .formatted(partner, count, MOST_FILES_OF_PARTNER),
            "a file may hold several documents");
      }
    });
    if (chosen.size() > MOST_FILES) {
      faults.add(
          Scope.EVERYTHING,
          Problem.of(
                  "too-many-files",
                  "the repository holds %,d files of fjord, and at most %,d are read"
                      .formatted(chosen.size(), MOST_FILES))
              .hint("a file may hold several documents"));
      chosen.clear();
    }
  }
}
