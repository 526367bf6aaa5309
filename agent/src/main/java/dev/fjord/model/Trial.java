package dev.fjord.model;

import org.jspecify.annotations.Nullable;

/**
 * The result of booting a kernel once on this host.
 *
 * @param message what the kernel said when it failed; empty otherwise
 * @param version what it calls itself; empty when it does not say, null when it was not asked
 */
public record Trial(Verdict verdict, String message, @Nullable String version) {

  /** Of a kernel that does not say its version. */
  public Trial(Verdict verdict, String message) {
    this(verdict, message, "");
  }

  /** Whether a kernel boots here. */
  public enum Verdict {
    BOOTS,
    /** Only with the library that gives ptrace a buffer as large as this host's XSAVE area. */
    BOOTS_WITH_XSAVE_LIBRARY,
    FAILS
  }

  public boolean usable() {
    return verdict != Verdict.FAILS;
  }
}
