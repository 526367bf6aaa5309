package dev.fjord.problem;

import org.jspecify.annotations.Nullable;

/**
 * Something that is wrong, told to a person. Immutable; equal when all parts are equal.
 *
 * @param code stable, for programs: lower case words joined by dashes ({@code unknown-field})
 * @param summary one sentence: what was tried and what was found
 * @param detail more of what was found (a tool's own output, bounded), or null
 * @param hint what to do next, or null
 * @param location where, or null when no file is at fault
 */
public record Problem(
    String code,
    String summary,
    @Nullable String detail,
    @Nullable String hint,
    @Nullable Location location) {

  public static Problem of(String code, String summary) {
    return new Problem(code, summary, null, null, null);
  }

  public Problem detail(@Nullable String newDetail) {
    return new Problem(code, summary, newDetail, hint, location);
  }

  public Problem hint(String newHint) {
    return new Problem(code, summary, detail, newHint, location);
  }

  public Problem at(@Nullable Location newLocation) {
    return new Problem(code, summary, detail, hint, newLocation);
  }

  public ProblemException asException() {
    return new ProblemException(this);
  }

  public ProblemException asException(Throwable cause) {
    return new ProblemException(this, cause);
  }
}
