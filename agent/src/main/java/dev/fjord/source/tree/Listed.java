package dev.fjord.source.tree;

import dev.fjord.model.Tree.File;
import dev.fjord.problem.Problem;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A folder with what is below it, as a walk found it. Immutable. What is in partners' folders is
 * not in the lists of the folders above them: it is theirs, and may be taken out again.
 *
 * @param id equal for equal content, with all that is below; null when it has to be listed anew
 * @param files below it
 * @param skipped the first entries below it that are not read, and why
 * @param more how many others are not read
 * @param names how many entries below it count
 * @param folders in it
 */
record Listed(
    @Nullable Object id,
    List<File> files,
    List<Problem> skipped,
    int more,
    int names,
    Map<String, Listed> folders) {
  Listed {
    files = List.copyOf(files);
    skipped = List.copyOf(skipped);
    folders = Map.copyOf(folders);
  }

  /** A partner's folder of which nothing is read. */
  static Listed refused(@Nullable Object id, Problem why) {
    return new Listed(id, List.of(), List.of(why), 0, 0, Map.of());
  }

  /** How many objects are held in memory for it. */
  int weight() {
    return files.size() + skipped.size();
  }
}
