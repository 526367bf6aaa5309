package dev.fjord.model;

import java.util.List;

/**
 * The result, by file, of carrying a root over to another version of its image. The partner can
 * write anything to the root, and so influence what is reported here: nothing is decided by it.
 *
 * @param kept the partner's files: changed or added by them, not by the new version
 * @param taken files as the new version has them; size, owner, mode and time distinguish them
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

    /** What each side did. */
    public enum Kind {
      /** Both changed it. */
      CHANGED,
      /** Both added it. */
      ADDED,
      /** The partner changed it, the new version no longer has it. */
      DROPPED,
      /** The partner deleted it, the new version changed it. */
      REMOVED,
      /** The partner has files in a folder where the new version has something else. */
      NO_FOLDER
    }
  }
}
