package dev.fjord.host.linux.disk;

import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.io.IOException;

/** Problems with work on files, in words that say what to do, above all when a disk is full. */
public final class DiskProblem {
  private DiskProblem() {}

  /**
   * A failed system call.
   *
   * @param tried a participle phrase with its object, such as {@code storing image tiny}
   */
  public static ProblemException of(String tried, IOException e) {
    return said(tried, "io-failed", e.toString()).asException(e);
  }

  /** A failed program; its own words are kept. */
  static ProblemException of(String tried, ProblemException e) {
    Problem problem = e.problem();
    String detail =
        problem.detail() == null
            ? problem.summary()
            : problem.summary() + "\n" + problem.detail().strip();
    return said(tried, problem.code(), detail).asException(e);
  }

  private static Problem said(String tried, String code, String detail) {
    // strerror(3) of ENOSPC and EDQUOT: neither the JDK nor e2fsprogs gives the number.
    boolean full =
        detail.contains("No space left on device") || detail.contains("Disk quota exceeded");
    return full
        ? Problem.of("disk-full", tried + " failed: the file system is full")
            .detail(detail)
            .hint("Free some space or enlarge it; nothing was changed, the next run tries again.")
        : Problem.of(code, tried + " failed").detail(detail);
  }
}
