package dev.fjord.model;

import java.util.List;

/**
 * What carrying a root over to another version of its image came to, by file. A root is its
 * partner's to write, and so is whatever tells this: it is a report, and nothing is decided by it.
 *
 * @param kept the partner's files: changed or added by them, not by the new version
 * @param taken files as the new version has them; told apart by size, owner, mode and time
 * @param removed files that the partner had deleted and the new version still had
 * @param conflicts files that both have changed, each in its own way: the partner's were kept
 * @param listed the first of the conflicts
 */
public record RebaseReport(
    Tally kept, Tally taken, Tally removed, Tally conflicts, List<Conflict> listed) {
  /** How many conflicts are listed at most. */
  public static final int MOST_LISTED = 200;

  public RebaseReport {
    listed = listed.size() > MOST_LISTED ? listed.subList(0, MOST_LISTED) : listed;
    listed = List.copyOf(listed);
  }

  /**
   * Some files.
   *
   * @param files how many, folders and links included
   * @param size the blocks that they take
   */
  public record Tally(long files, ByteSize size) {
    public static final Tally NONE = new Tally(0, ByteSize.ZERO);
  }

  /**
   * A file that the partner and the new version have both changed.
   *
   * @param path below the root; every byte but letters, digits and {@code ./_-} as {@code %XX}
   */
  public record Conflict(Kind kind, String path) {

    /** Who did what. */
    public enum Kind {
      /** Both changed it. */
      CHANGED,
      /** Both added it. */
      ADDED,
      /** The partner changed it, the new version has it no more. */
      DROPPED,
      /** The partner deleted it, the new version changed it. */
      REMOVED,
      /** The partner has files in a folder where the new version has something else. */
      NO_FOLDER
    }
  }
}
