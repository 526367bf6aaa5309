package dev.fjord.model;

/**
 * User ids that belong to another account of the host.
 *
 * @param file that says so: {@code /etc/subuid}
 * @param account the account that has them
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
