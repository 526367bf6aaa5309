package dev.fjord.model;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an instance gets of the host's processors.
 *
 * @param weight its part where several want them: 1 to 10000, 100 is usual (cgroups(7), cpu.weight)
 * @param limit the most that it gets, in percent of one processor; null for no limit
 */
public record CpuShare(int weight, @Nullable Integer limit) {
  public static final int LEAST_WEIGHT = 1;
  public static final int MOST_WEIGHT = 10_000;
  public static final int USUAL_WEIGHT = 100;

  /** With less than this percentage of a processor a boot takes too long to wait for. */
  public static final int LEAST_LIMIT = 5;

  public static final int MOST_LIMIT = 100_000;
  public static final CpuShare USUAL = new CpuShare(USUAL_WEIGHT, null);

  private static final Pattern PERCENT = Pattern.compile("([1-9][0-9]{0,5})%");

  public CpuShare {
    if (weight < LEAST_WEIGHT || weight > MOST_WEIGHT) {
      throw new IllegalArgumentException(
          "a weight is " + LEAST_WEIGHT + " to " + MOST_WEIGHT + ", not " + weight);
    }
    if (limit != null) {
      requireLimit(limit);
    }
  }

  /**
   * Reads a limit, {@code 150%}.
   *
   * @throws IllegalArgumentException with the reason
   */
  public static int parseLimit(String text) {
    Matcher percent = PERCENT.matcher(text);
    if (!percent.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is no part of a processor, such as 50% or 150%");
    }
    int limit = Integer.parseInt(percent.group(1));
    requireLimit(limit);
    return limit;
  }

  private static void requireLimit(int limit) {
    if (limit < LEAST_LIMIT || limit > MOST_LIMIT) {
      throw new IllegalArgumentException(
          "a limit is %d%% to %d%% of a processor, not %d%%"
              .formatted(LEAST_LIMIT, MOST_LIMIT, limit));
    }
  }

  @Override
  public String toString() {
    return "weight " + weight + (limit == null ? "" : ", at most " + limit + "%");
  }
}
