package dev.fjord.model;

/**
 * What came of booting a kernel once on this host.
 *
 * @param message what the kernel said when it failed; empty otherwise
 */
public record Trial(Verdict verdict, String message) {
  /** How a kernel fared. */
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
