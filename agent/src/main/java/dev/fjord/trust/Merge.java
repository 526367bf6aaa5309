package dev.fjord.trust;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a merge changes by itself. Whatever is in a merge was decided by its author, except where it
 * takes over what another line of history did to a path that its own had left alone: commits of
 * that line answer for that.
 */
public final class Merge {
  private Merge() {}

  /**
   * What stood at the path where two parents' histories parted: one entry for each merge base, of
   * which a criss-cross has several, and unrelated histories none.
   */
  public interface Bases {
    List<@Nullable TreeEntry> of(int parent, int other);
  }

  /**
   * Whether what stands at a path is the merge's own doing. It is not where each parent has the
   * same there, or left it as it was at every merge base while another parent has what the merge
   * has. It is where it is new, where both lines changed it, and where an older state comes back.
   *
   * @param result null where nothing is
   * @param parents in order; a commit without parents has none, and with one it is no merge
   */
  public static boolean isOwn(
      @Nullable TreeEntry result, List<@Nullable TreeEntry> parents, Bases bases) {
    if (parents.isEmpty()) {
      return result != null;
    }
    for (int i = 0; i < parents.size(); i++) {
      if (!Objects.equals(parents.get(i), result) && !isTaken(i, result, parents, bases)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isTaken(
      int parent, @Nullable TreeEntry result, List<@Nullable TreeEntry> parents, Bases bases) {
    @Nullable TreeEntry mine = parents.get(parent);
    for (int other = 0; other < parents.size(); other++) {
      if (other != parent && Objects.equals(parents.get(other), result)) {
        List<@Nullable TreeEntry> before = bases.of(parent, other);
        boolean untouched =
            before.isEmpty()
                ? mine == null
                : before.stream().allMatch(entry -> Objects.equals(entry, mine));
        if (untouched) {
          return true;
        }
      }
    }
    return false;
  }
}
