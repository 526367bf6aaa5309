package dev.fjord.host.linux.uml;

import dev.fjord.file.KernelText;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads what proc(5) says of one process. A process that ended meanwhile reads as null or as
 * nothing, never as an error.
 */
public final class Proc {
  /** x86-64's recvfrom, the only architecture that UML runs on besides 32-bit x86. */
  private static final String RECVFROM = "45 ";

  /** A program may make its own command line as long as it likes. */
  private static final int LIMIT = 64 << 10;

  private static final Pattern UID = Pattern.compile("(?m)^Uid:\\s+([0-9]+)\\s+([0-9]+)");

  /** Two namespaces, no more: a program can make one below its own. */
  private static final Pattern INNER = Pattern.compile("(?m)^NSpid:\\s+[0-9]+\\s+([0-9]+)$");

  private static final Pattern FLAGS = Pattern.compile("(?m)^flags:\\s+([0-7]{1,12})$");

  /** Of x86's asm/fcntl.h. */
  private static final long ASYNC = 020000;

  private static final long NONBLOCK = 04000;

  private static final Pattern BOOT = Pattern.compile("(?m)^btime ([0-9]+)$");

  /** Of a tun device's descriptor; no name follows once the interface was deleted. */
  private static final Pattern TUN = Pattern.compile("(?m)^iff:[ \\t]*([^\\s/]{0,15})$");

  private static final Pattern PARENT = Pattern.compile("(?m)^PPid:\\s+([0-9]+)$");

  private Proc() {}

  /** A process for as long as it lives: its pid together with when it was started. */
  public static @Nullable KernelProcess process(long pid) {
    String stat = text(pid, "stat");
    // The second field is the program's name in brackets, and may hold blanks and brackets.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", 21);
    if (fields.length < 21 || fields[0].equals("Z") || fields[0].equals("X")) {
      return null; // A zombie has ended: only its parent has not asked yet.
    }
    return new KernelProcess(pid, Long.parseLong(fields[19]));
  }

  /** The first process of the pid namespace that a kernel's main one is in; null when gone. */
  public static @Nullable KernelProcess first(KernelProcess kernel) {
    long pid = parent(kernel.pid());
    return innerPid(status(pid)) == 1 && lives(kernel) ? process(pid) : null;
  }

  /** The process that started it, or took it over; -1 when it has ended. */
  static long parent(long pid) {
    Matcher parent = PARENT.matcher(status(pid));
    return parent.find() ? Long.parseLong(parent.group(1)) : -1;
  }

  /** Whether a signal has stopped it, so that it does nothing until another one comes. */
  public static boolean isStopped(long pid) {
    String stat = text(pid, "stat");
    String state = stat.substring(stat.lastIndexOf(')') + 1).strip();
    return state.startsWith("T") || state.startsWith("t");
  }

  public static boolean lives(KernelProcess process) {
    return process.equals(process(process.pid()));
  }

  /** When the host booted, by its clock as it is now. */
  public static Instant hostBoot() {
    try {
      Matcher boot = BOOT.matcher(KernelText.read("/proc/stat", LIMIT));
      return boot.find() ? Instant.ofEpochSecond(Long.parseLong(boot.group(1))) : Instant.EPOCH;
    } catch (IOException unreadable) {
      return Instant.EPOCH;
    }
  }

  /** What {@code fdinfo} says of each file that the process has open. */
  public static List<String> openFiles(long pid) {
    List<String> files = new ArrayList<>();
    try (DirectoryStream<Path> open =
        Files.newDirectoryStream(Path.of("/proc/" + pid + "/fdinfo"))) {
      for (Path file : open) {
        files.add(text(pid, "fdinfo/" + file.getFileName()));
      }
    } catch (IOException | DirectoryIteratorException ended) {
      files.clear();
    }
    return files;
  }

  /**
   * The words that the process says it was started with: it can write over them, so they are as
   * hostile as the process is. At least one, which may be empty.
   */
  public static List<String> words(long pid) {
    String[] words = text(pid, "cmdline").split("\0", 0);
    return words.length == 0 ? List.of("") : List.of(words);
  }

  /** Its real and effective user; -1 when they differ, or when it ended. */
  public static int uid(String status) {
    Matcher uid = UID.matcher(status);
    boolean one = uid.find() && uid.group(1).equals(uid.group(2));
    return one ? Integer.parseUnsignedInt(uid.group(1)) : -1;
  }

  public static String status(long pid) {
    return text(pid, "status");
  }

  /** Its pid in the pid namespace below the host's; -1 when it is in none, or ended. */
  static long innerPid(String status) {
    Matcher inner = INNER.matcher(status);
    return inner.find() ? Long.parseLong(inner.group(1)) : -1;
  }

  /** Needs CONFIG_PROC_CHILDREN, which every distribution's kernel has; otherwise none. */
  static List<Long> children(long pid) {
    List<Long> children = new ArrayList<>();
    for (String child : text(pid, "task/" + pid + "/children").split(" ", -1)) {
      if (!child.isBlank()) {
        children.add(Long.parseLong(child.strip()));
      }
    }
    return children;
  }

  /**
   * Whether mconsole's {@code stop} holds a kernel still: it then waits in recvfrom(2) on its
   * mconsole socket. A kernel that is not stopped never does: its sockets do not block, and it
   * waits in rt_sigsuspend, clock_nanosleep, epoll_wait or wait4 (seen with 6.1.176). For one that
   * a signal is just waking the socket itself shows it.
   */
  static boolean paused(long pid) {
    String call = text(pid, "syscall");
    return call.startsWith(RECVFROM) || call.startsWith("running") && hasBlockingInput(pid);
  }

  /**
   * UML learns of input by a signal (O_ASYNC) and never waits for it (O_NONBLOCK), except on its
   * mconsole socket while it is stopped (os_set_fd_block in arch/um/drivers/mconsole_kern.c).
   */
  private static boolean hasBlockingInput(long pid) {
    try (DirectoryStream<Path> open =
        Files.newDirectoryStream(Path.of("/proc/" + pid + "/fdinfo"))) {
      for (Path file : open) {
        Matcher flags = FLAGS.matcher(text(pid, "fdinfo/" + file.getFileName()));
        if (flags.find()) {
          long set = Long.parseLong(flags.group(1), 8);
          if ((set & ASYNC) != 0 && (set & NONBLOCK) == 0) {
            return true;
          }
        }
      }
      return false;
    } catch (IOException | DirectoryIteratorException ended) {
      return false;
    }
  }

  /** The interfaces whose tun descriptors a process holds; an empty name for one that is dead. */
  static List<String> tunInterfaces(long pid) {
    List<String> interfaces = new ArrayList<>();
    try (DirectoryStream<Path> open =
        Files.newDirectoryStream(Path.of("/proc/" + pid + "/fdinfo"))) {
      for (Path file : open) {
        Matcher tun = TUN.matcher(text(pid, "fdinfo/" + file.getFileName()));
        if (tun.find()) {
          interfaces.add(tun.group(1));
        }
      }
    } catch (IOException | DirectoryIteratorException ended) {
      return List.of();
    }
    return interfaces;
  }

  /**
   * When something was last written to the terminal that is its standard output, in milliseconds,
   * as exactly as the kernel notes it: within 8 s (tty_update_time in drivers/tty/tty_io.c); 0 when
   * there is none.
   */
  static long lastOutput(long pid) {
    try {
      return Files.getLastModifiedTime(Path.of("/proc/" + pid + "/fd/1")).toMillis();
    } catch (IOException ended) {
      return 0;
    }
  }

  /** The variables that the process was started with, if it has not written over them. */
  static List<String> environment(long pid) {
    return List.of(text(pid, "environ").split("\0", 0));
  }

  private static String text(long pid, String file) {
    try {
      return KernelText.read("/proc/" + pid + "/" + file, LIMIT);
    } catch (IOException ended) {
      return "";
    }
  }
}
