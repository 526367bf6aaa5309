package dev.fjord.process;

import dev.fjord.file.KernelText;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What a process and all of its descendants have done so far, and what they are about (proc(5)).
 *
 * @param ranMillis processor time of all of them since they began, in steps of 10 ms; that of
 *     children counts once they have been waited for, so that it can fall by a little
 * @param wantsProcessor whether one of them is ready to run, whether or not it gets a processor
 * @param waitsForDisk whether one of them is in a sleep that no signal ends: for a disk, mostly
 */
public record Effort(long ranMillis, boolean wantsProcessor, boolean waitsForDisk) {
  public static final Effort NONE = new Effort(0, false, false);

  /** USER_HZ, which is 100 on x86 whatever the kernel's own clock is. */
  private static final long TICK_MILLIS = 10;

  /** The first processes of a guest that has many show enough. */
  private static final int MOST_PROCESSES = 128;

  /** Fields of {@code stat} after the program's name: 3 is the state, 14 to 17 are times. */
  private static final int FIELDS = 16;

  private static final int UTIME = 11;
  private static final int CSTIME = 14;
  private static final int LIMIT = 4 << 10;

  /** The effort of the process {@code pid} and its descendants; {@link #NONE} once it has ended. */
  public static Effort of(long pid) {
    Deque<Long> open = new ArrayDeque<>();
    open.add(pid);
    long ticks = 0;
    boolean wants = false;
    boolean waits = false;
    for (int seen = 0; !open.isEmpty() && seen < MOST_PROCESSES; seen++) {
      long one = open.remove();
      String stat = text(one, "stat");
      // The second field is the program's name in brackets, and may hold blanks and brackets.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", FIELDS);
      if (fields.length < FIELDS) {
        continue; // It has ended meanwhile.
      }
      wants |= fields[0].equals("R");
      waits |= fields[0].equals("D");
      for (int i = UTIME; i <= CSTIME; i++) {
        ticks += Long.parseLong(fields[i]);
      }
      for (String child : text(one, "task/" + one + "/children").split(" ", -1)) {
        if (!child.isBlank()) {
          open.add(Long.parseLong(child.strip()));
        }
      }
    }
    return new Effort(ticks * TICK_MILLIS, wants, waits);
  }

  private static String text(long pid, String file) {
    try {
      return KernelText.read("/proc/" + pid + "/" + file, LIMIT);
    } catch (IOException ended) {
      return "";
    }
  }
}
