package dev.fjord.planner.instance;

import dev.fjord.model.ByteSize;
import dev.fjord.model.Desired;
import dev.fjord.model.FileSystemUse;
import dev.fjord.model.Host;
import dev.fjord.model.Observed;
import dev.fjord.model.Watermarks;
import dev.fjord.plan.Target;
import dev.fjord.problem.Problem;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether the file system that holds all disks has room, whatever was promised: disks are sparse,
 * other programs may write there, too, and overcommit relies on free space.
 *
 * <p>It reports the use in steps, since use changes with every write, and the id of a plan must
 * not.
 *
 * @param use null where it was not asked: then there is room
 */
public record DiskRoom(@Nullable FileSystemUse use, Watermarks marks, Path state) {
  /** With this much free, a machine whose root became read-only can be tried again on any host. */
  private static final ByteSize ENOUGH = ByteSize.gib(1);

  public static DiskRoom of(Desired desired, Observed observed, Target target) {
    Host host = desired.hosts().get(target.host());
    Watermarks marks = host == null ? Watermarks.USUAL : host.watermarks();
    return new DiskRoom(observed.disk(), marks, observed.layout().state());
  }

  /** Whether no more of the disk may be promised. */
  boolean isScarce() {
    return use != null && use.percent() >= marks.refuse();
  }

  /** Whether a machine that cannot write would soon be where it was before. */
  boolean isUsedUp() {
    return use != null && isScarce() && use.free().compareTo(ENOUGH) < 0;
  }

  /** How full it is, as a clause that stays the same for a while. */
  String words() {
    int percent = use == null ? 0 : use.percent();
    String full =
        percent >= 100
            ? "full"
            : "at least " + (percent >= marks.refuse() ? marks.refuse() : marks.warn()) + "% full";
    return "the file system of " + state + " is " + full;
  }

  public List<Problem> problems() {
    if (use == null || use.percent() < marks.warn()) {
      return List.of();
    }
    String hint =
        "Free some space or enlarge it: 'fjord disk' tells who takes what, and when it would be"
            + " full. ";
    return List.of(
        use.percent() >= 100
            ? Problem.of("disk-full", words() + ": machines cannot write")
                .hint(hint + "Roots that went read-only are started again when there is room.")
            : Problem.of("disk-filling", words())
                .hint(
                    hint
                        + (isScarce() ? "Nobody" : "From " + marks.refuse() + "% on nobody")
                        + " is promised more of it ('watermarks' of the Host)."));
  }
}
