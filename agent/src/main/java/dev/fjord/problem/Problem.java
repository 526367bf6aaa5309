package dev.fjord.problem;

import org.jspecify.annotations.Nullable;

/**
 * Something that is wrong, reported to a person. Immutable; equal when all parts are equal.
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

  private static final String MORE = "more-problems";

  /** A problem that stands for others, which are not kept; {@code summary} says how many. */
  public static Problem ofMore(String summary) {
    return of(MORE, summary);
  }

  public static Problem of(String code, String summary) {
    return new Problem(code, summary, null, null, null);
  }

  /** Whether it stands for others. */
  public boolean isCount() {
    return code.equals(MORE);
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
