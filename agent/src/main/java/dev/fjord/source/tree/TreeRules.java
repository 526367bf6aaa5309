package dev.fjord.source.tree;

import dev.fjord.model.Tree;
import dev.fjord.problem.Location;
import dev.fjord.problem.Problem;
import org.jspecify.annotations.Nullable;

/**
 * What counts as a file of the desired state, in a commit and in a folder alike, so that a folder
 * that was found valid is valid after its push; and how much of it there may be.
 */
final class TreeRules {
  /** The site's limit for all that is in no partner's folder. */
  static final int MOST_NAMES = 50_000;

  /**
   * The site's limit for skipped entries. Each is reported on its own, since none of them may seem
   * to be absent.
   */
  static final int MOST_SKIPPED = 5_000;

  static final int MOST_PARTNERS = 2_000;

  /** One partner's limit for all files and folders, read or not. */
  static final int MOST_NAMES_OF_PARTNER = 5_000;

  /**
   * One partner's limit for files to be read: beyond it, reading alone would keep the others
   * waiting.
   */
  static final int MOST_YAML_OF_PARTNER = 1_000;

  /** How many skipped entries of one partner are reported one by one. */
  static final int MOST_SKIPPED_OF_PARTNER = 100;

  /** The limit for all partners together, which bounds the memory of a tree in the agent. */
  static final int MOST_YAML_OF_PARTNERS = 20_000;

  /** Bytes of one folder's list in a commit: {@link #MOST_NAMES} of usual length. */
  static final int LARGEST_FOLDER = 8 << 20;

  static final int LONGEST_PATH = 512;
  static final int DEEPEST_FOLDER = 16;

  private static final String PLOTS = Tree.PARTNERS + "/";
  private static final String REPLACE = "Replace it by a regular file, or remove it.";

  /** Why an entry is passed over, and what to do about it. */
  record Fault(String why, String hint) {}

  private TreeRules() {}

  /** {@code .git}, {@code .github}, an editor's leftovers: they are not meant as documents. */
  static boolean isHidden(String name) {
    return name.startsWith(".") && !name.equals(".") && !name.equals("..");
  }

  /** Whether each folder in this one is a partner's own; the path has {@code /} at its end. */
  static boolean holdsPlots(String folder) {
    return folder.equals(PLOTS);
  }

  /** Whether a folder is a partner's, or below one. */
  static boolean isInPlot(String folder) {
    return folder.length() > PLOTS.length() && folder.startsWith(PLOTS);
  }

  /**
   * Why an entry is passed over; null when it is not.
   *
   * @param folder the path before it, empty or with {@code /} at its end
   * @param depth how many folders are above it
   */
  static @Nullable Fault fault(String folder, String name, int depth) {
    if (name.isEmpty() || name.equals(".") || name.equals("..") || name.indexOf('/') >= 0) {
      return new Fault("its name could stand for another file's path", REPLACE);
    }
    if (name.chars().anyMatch(c -> Character.isISOControl(c) || c == 0xFFFD)) {
      return new Fault("its name holds control characters, or is not UTF-8", "Give it a name.");
    }
    if (folder.length() + name.length() > LONGEST_PATH) {
      return new Fault(
          "its path is longer than " + LONGEST_PATH + " characters",
          "Give it, or a folder above it, a shorter name.");
    }
    return depth > DEEPEST_FOLDER
        ? new Fault(
            "it is below more than " + DEEPEST_FOLDER + " folders",
            "Move it into a folder further up.")
        : null;
  }

  static Fault twice() {
    return new Fault("another entry has the same name", REPLACE);
  }

  static Fault irregular(String kind) {
    return new Fault("it is " + kind, REPLACE);
  }

  static Problem skipped(String path, Fault fault) {
    String shown = path.replaceAll("\\p{Cntrl}", "?");
    return Problem.of("entry-skipped", "'" + shown + "' is not read: " + fault.why)
        .hint(fault.hint)
        .at(Location.file(shown));
  }

  static Problem moreSkipped(String plot, int more) {
    return Problem.of(
            "entry-skipped", "%,d more entries of '%s' are not read".formatted(more, plot))
        .hint("They are told one by one once those before them are gone.")
        .at(Location.file(plot));
  }

  /** The site holds too much, which concerns everybody. */
  static Problem tooMany(String tree) {
    return Problem.of(
            "tree-too-large",
            "%s holds more than %,d files and folders outside of partners' own"
                .formatted(tree, MOST_NAMES))
        .hint("Keep in the repository only what describes machines.");
  }

  static Problem tooManySkipped(String tree) {
    return Problem.of(
            "tree-too-large",
            "%s holds more than %,d links and other entries that are not read"
                .formatted(tree, MOST_SKIPPED))
        .hint("Keep in the repository only what describes machines.");
  }

  static Problem tooManyPartners(String tree) {
    return Problem.of(
            "tree-too-large",
            "%s holds folders of more than %,d partners".formatted(tree, MOST_PARTNERS))
        .hint("Each folder in " + PLOTS + " is one partner's.");
  }

  /** One partner's folder holds too much, which concerns that partner alone. */
  static Problem tooManyOfPartner(String plot) {
    return ofPlot(
        plot,
        "'%s' holds more than %,d files and folders, the most that one partner may have"
            .formatted(plot, MOST_NAMES_OF_PARTNER),
        "Remove what describes no machines; until then this partner's stay as they are.");
  }

  static Problem tooManyYamlOfPartner(String plot) {
    return ofPlot(
        plot,
        "'%s' holds more than %,d YAML files, the most that are read of one partner"
            .formatted(plot, MOST_YAML_OF_PARTNER),
        "A file may hold several documents; until then this partner's machines stay as they are.");
  }

  /** The largest partner goes first, so no partner with an equal share or less is held. */
  static Problem tooManyTogether(String plot, int files) {
    return ofPlot(
        plot,
        "partners' folders hold more than %,d files that would be read, and '%s' has the most, %,d"
            .formatted(MOST_YAML_OF_PARTNERS, plot, files),
        "A file may hold several documents; until then this partner's machines stay as they are.");
  }

  private static Problem ofPlot(String plot, String summary, String hint) {
    return Problem.of("too-many-files", summary).hint(hint).at(Location.file(plot));
  }

  static Problem tooLarge(String path, long size, long limit) {
    return Problem.of(
            "file-too-large",
            "'" + path + "' has " + size + " bytes; the most that is read is " + limit)
        .hint("Split the file: each document may be in one of its own.")
        .at(Location.file(path));
  }
}
