package dev.fjord.source.tree;

import dev.fjord.problem.Location;
import dev.fjord.problem.Problem;
import org.jspecify.annotations.Nullable;

/**
 * What counts as a file of the desired state, in a commit and in a folder alike, so that a folder
 * that was found valid is valid after its push.
 */
final class TreeRules {
  static final int MOST_FILES = 50_000;
  static final int LONGEST_PATH = 512;
  static final int DEEPEST_FOLDER = 16;

  private TreeRules() {}

  /** {@code .git}, {@code .github}, an editor's leftovers: nobody means them as documents. */
  static boolean isHidden(String name) {
    return name.startsWith(".") && !name.equals(".") && !name.equals("..");
  }

  /**
   * Why an entry is passed over; null when it is not.
   *
   * @param folder the path before it, empty or with {@code /} at its end
   * @param depth how many folders are above it
   */
  static @Nullable String fault(String folder, String name, int depth) {
    if (name.isEmpty() || name.equals(".") || name.equals("..") || name.indexOf('/') >= 0) {
      return "its name could stand for another file's path";
    }
    if (name.chars().anyMatch(c -> Character.isISOControl(c) || c == 0xFFFD)) {
      return "its name holds control characters, or is not UTF-8";
    }
    if (folder.length() + name.length() > LONGEST_PATH) {
      return "its path is longer than " + LONGEST_PATH + " characters";
    }
    return depth > DEEPEST_FOLDER ? "it is below more than " + DEEPEST_FOLDER + " folders" : null;
  }

  static Problem skipped(String path, String why) {
    String shown = path.replaceAll("\\p{Cntrl}", "?");
    return Problem.of("entry-skipped", "'" + shown + "' is not read: " + why)
        .hint("Replace it by a regular file, or remove it.")
        .at(Location.file(shown));
  }

  static Problem tooMany(String tree) {
    return Problem.of("tree-too-large", tree + " holds more than " + MOST_FILES + " files")
        .hint("Keep in the repository only what describes machines.");
  }

  static Problem tooLarge(String path, long size, long limit) {
    return Problem.of(
            "file-too-large",
            "'" + path + "' has " + size + " bytes; the most that is read is " + limit)
        .hint("Split the file: each document may be in one of its own.")
        .at(Location.file(path));
  }
}
