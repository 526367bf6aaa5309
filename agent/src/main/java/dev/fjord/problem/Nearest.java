package dev.fjord.problem;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds the word that was probably meant by a misspelt one. */
public final class Nearest {
  private static final int LONGEST = 64;

  /** Enough for names that people keep in mind, and a bound on what a hostile tree can cost. */
  private static final int MOST_CANDIDATES = 500;

  private Nearest() {}

  /** {@code did you mean 'memory'?}, or null where nothing is near. */
  public static @Nullable String hint(String written, Collection<String> candidates) {
    String nearest = of(written, candidates);
    return nearest == null ? null : "did you mean '" + nearest + "'?";
  }

  /**
   * The candidates that begin with the same letter, in their order: only these are worth a
   * comparison.
   */
  public static List<String> beginningAlike(String written, Collection<String> candidates) {
    String first = written.substring(0, Math.min(1, written.length())).toLowerCase(Locale.ROOT);
    return candidates.stream()
        .filter(one -> one.toLowerCase(Locale.ROOT).startsWith(first))
        .sorted()
        .toList();
  }

  /** The candidate with the fewest typing errors to it, at most one in three characters. */
  public static @Nullable String of(String written, Collection<String> candidates) {
    if (written.length() > LONGEST) {
      return null;
    }
    String lower = written.toLowerCase(Locale.ROOT);
    String best = null;
    int fewest = Math.max(1, written.length() / 3) + 1;
    int seen = 0;
    for (String candidate : candidates) {
      if (seen++ == MOST_CANDIDATES) {
        break;
      }
      if (Math.abs(candidate.length() - lower.length()) < fewest) {
        int errors = distance(lower, candidate.toLowerCase(Locale.ROOT));
        if (errors < fewest) {
          fewest = errors;
          best = candidate;
        }
      }
    }
    return best;
  }

  /** Insertions, deletions, replacements, and neighbours swapped (optimal string alignment). */
  private static int distance(String left, String right) {
    int[][] errors = new int[left.length() + 1][right.length() + 1];
    for (int i = 0; i <= left.length(); i++) {
      for (int j = 0; j <= right.length(); j++) {
        errors[i][j] = i == 0 || j == 0 ? i + j : cheapest(errors, left, right, i, j);
      }
    }
    return errors[left.length()][right.length()];
  }

  private static int cheapest(int[][] errors, String left, String right, int i, int j) {
    char a = left.charAt(i - 1);
    char b = right.charAt(j - 1);
    int least =
        Math.min(
            errors[i - 1][j - 1] + (a == b ? 0 : 1),
            Math.min(errors[i - 1][j], errors[i][j - 1]) + 1);
    boolean swapped = i > 1 && j > 1 && a == right.charAt(j - 2) && b == left.charAt(i - 2);
    return swapped ? Math.min(least, errors[i - 2][j - 2] + 1) : least;
  }
}
