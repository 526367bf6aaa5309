package dev.fjord.model;

/**
 * User ids that somebody else on the host has.
 *
 * @param file that says so: {@code /etc/subuid}
 * @param account whose they are
 */
public record TakenUids(String file, String account, int first, int count) {
  /** Whether some of them are in {@code range}. */
  public boolean overlaps(UidRange range) {
    return first <= range.last() && (long) first + count > range.first();
  }

  /** {@code anna has 100000-165535 (/etc/subuid)}. */
  @Override
  public String toString() {
    return "%s has %d%s (%s)"
        .formatted(account, first, count == 1 ? "" : "-" + (first + count - 1L), file);
  }
}
