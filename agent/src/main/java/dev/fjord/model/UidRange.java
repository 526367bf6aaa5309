package dev.fjord.model;

/**
 * User ids that belong to fjord alone.
 *
 * @param first at least 1000: below are the system's own accounts
 * @param count 1 or more
 */
public record UidRange(int first, int count) {
  public UidRange {
    if (first < 1000 || count < 1 || first > Integer.MAX_VALUE - count) {
      throw new IllegalArgumentException(
          "user ids start at 1000 and there is at least one: " + first + ", " + count);
    }
  }

  public int last() {
    return first + count - 1;
  }

  public boolean contains(int uid) {
    return uid >= first && uid < first + count;
  }
}
