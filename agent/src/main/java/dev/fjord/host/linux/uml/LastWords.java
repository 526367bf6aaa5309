package dev.fjord.host.linux.uml;

import dev.fjord.model.Death.Cause;
import dev.fjord.problem.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a console shows and has shown, and what of it may be kept. Pure.
 *
 * <p>Once a person has attached to a console, what they typed is on it, as far as the guest echoed
 * it. From then on only what the kernel itself wrote is kept: rows from its time stamp on, or from
 * words that only a kernel writes, and what the terminal says of the end.
 *
 * @param shown as the terminal has it, in rows of its width
 * @param typed whether a person may have typed on it since the kernel was started
 * @param exit how the process ended, as a shell counts it, where that was noted; null where only
 *     the terminal may show it
 */
record LastWords(String shown, boolean typed, @Nullable Integer exit) {
  static final LastWords NONE = new LastWords("", false);

  private static final int TOLD_LINES = 15;

  /** The width of a terminal to which no person has attached (screen(1)). */
  private static final int WIDTH = 80;

  /** Of printk() with CONFIG_PRINTK_TIME, and with CONFIG_PRINTK_CALLER. */
  private static final Pattern STAMP =
      Pattern.compile("\\[ {0,5}[0-9]{1,8}\\.[0-9]{6}\\](?:\\[[ TC0-9]{2,8}\\])? ?");

  /**
   * Words that only a kernel writes: they may stand behind a prompt. Debian's kernels put no stamp
   * before them.
   */
  private static final Pattern FAREWELL =
      Pattern.compile(
          "Kernel panic - not syncing|reboot: (Power down|Restarting system|System halted)"
              + "|sysrq: |EXT4-fs( error)? \\(");

  /** Other beginnings of what a kernel writes about trouble. */
  private static final Pattern TROUBLE =
      Pattern.compile(
          "^(BUG: |Oops|WARNING: CPU|Buffer I/O error|blk_update_request: |I/O error, dev "
              + "|Out of memory: |oom-kill:|Killed process |VFS: |INFO: task |rcu: )");

  /** WindowDied() in screen(1)'s window.c; the first two are exit status 0. */
  private static final Pattern END =
      Pattern.compile(
          "^=== Command (detached from window|terminated normally"
              + "|terminated with (exit status|signal) ([0-9]{1,3}))"
              + "[^=]{0,80}===$");

  private static final Pattern PANIC = Pattern.compile("Kernel panic - not syncing:? *(.*)");

  /** bwrap(1) and unshare(1) end with 128 and the signal's number when their program did. */
  private static final int SIGNALLED = 128;

  private static final int SIGKILL = 9;
  private static final Map<Integer, String> SIGNALS =
      Map.of(
          4,
          "ILL",
          6,
          "ABRT",
          7,
          "BUS: the host's memory for guests may be full",
          8,
          "FPE",
          SIGKILL,
          "KILL",
          11,
          "SEGV",
          15,
          "TERM",
          31,
          "SYS: a system call that is not allowed");

  LastWords(String shown, boolean typed) {
    this(shown, typed, null);
  }

  LastWords {
    shown = PlainText.of(shown).strip();
  }

  /** What may be saved to a file of root's. */
  String kept() {
    if (!typed) {
      return shown;
    }
    List<String> kept = new ArrayList<>(kernel());
    shown.lines().filter(row -> END.matcher(row).matches()).forEach(kept::add);
    return String.join("\n", kept);
  }

  /** The last lines that may be kept, up to a panic, not its call trace. */
  String told() {
    return String.join("\n", upToPanic(kept().lines().filter(line -> !line.isBlank()).toList()));
  }

  /** The last lines that the kernel wrote, each cut. */
  List<String> kernelLines() {
    return upToPanic(kernel()).stream().map(Printable::clause).toList();
  }

  private static List<String> upToPanic(List<String> lines) {
    int end = lines.size();
    for (int i = lines.size() - 1; i >= 0; i--) {
      if (PANIC.matcher(lines.get(i)).find()) {
        end = i + 1;
      }
    }
    return lines.subList(Math.max(0, end - TOLD_LINES), end);
  }

  /** What evidence says of an end. */
  record Ending(Cause cause, String summary) {}

  /**
   * How it ended.
   *
   * @param killed processes of it that the host's kernel has killed for lack of memory
   */
  Ending ending(long killed) {
    Integer status = status();
    boolean byKill = status == null || status == SIGNALLED + SIGKILL;
    if (killed > 0 && byKill) {
      return new Ending(
          Cause.OUT_OF_MEMORY,
          "the host's kernel killed "
              + killed
              + " of its processes for want of memory (of its control group, or of the host)");
    }
    List<String> lines = kernelLines();
    String last = lines.isEmpty() ? "" : lines.get(lines.size() - 1);
    Matcher panic = PANIC.matcher(last);
    if (panic.find()) {
      return new Ending(Cause.PANICKED, "its kernel panicked: " + panic.group(1).strip());
    } else if (last.endsWith("reboot: Power down")) {
      return new Ending(Cause.SHUT_DOWN, "its guest powered off");
    } else if (last.endsWith("reboot: Restarting system")) {
      return new Ending(Cause.SHUT_DOWN, "its guest rebooted");
    } else if (last.endsWith("reboot: System halted")) {
      return new Ending(Cause.SHUT_DOWN, "its guest halted");
    } else if (status == null) {
      return new Ending(Cause.UNKNOWN, "nothing is left that says why");
    } else if (status == 0) {
      return new Ending(Cause.SHUT_DOWN, "its guest powered off, halted or rebooted");
    } else if (status > SIGNALLED) {
      int signal = status - SIGNALLED;
      String name = SIGNALS.getOrDefault(signal, "");
      return new Ending(
          Cause.KILLED,
          "it was killed by signal " + signal + (name.isEmpty() ? "" : " (" + name + ")"));
    }
    return new Ending(Cause.EXITED, "it ended by itself with exit status " + status);
  }

  /** As a shell counts it, 128 and the number of a signal; null when it is not known. */
  @Nullable Integer status() {
    if (exit != null) {
      return exit;
    }
    List<String> rows = shown.lines().filter(row -> !row.isBlank()).toList();
    Matcher end = END.matcher(rows.isEmpty() ? "" : rows.get(rows.size() - 1));
    if (!end.matches()) {
      return null;
    }
    String number = end.group(3);
    int status = number == null ? 0 : Integer.parseInt(number);
    return "signal".equals(end.group(2)) ? Integer.valueOf(SIGNALLED + status) : status;
  }

  /**
   * What the kernel wrote. A full row continues in the next one, except where a person may have
   * typed.
   */
  private List<String> kernel() {
    List<String> lines = new ArrayList<>();
    boolean goesOn = false;
    for (String row : shown.lines().toList()) {
      String own = own(row);
      if (own != null) {
        lines.add(own);
      } else if (goesOn && !END.matcher(row).matches()) {
        lines.set(lines.size() - 1, lines.get(lines.size() - 1) + row);
      } else {
        continue;
      }
      goesOn = !typed && row.length() == WIDTH;
    }
    return lines;
  }

  private static @Nullable String own(String row) {
    Matcher stamp = STAMP.matcher(row);
    if (stamp.find()) {
      return row.substring(stamp.start());
    }
    Matcher farewell = FAREWELL.matcher(row);
    if (farewell.find()) {
      return row.substring(farewell.start());
    }
    return TROUBLE.matcher(row).find() ? row : null;
  }
}
