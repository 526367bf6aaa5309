package dev.fjord.problem;

import java.util.List;

/** Ends an operation that cannot go on, with all of its problems at once. */
public final class ProblemsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  /** With at least one problem. */
  public ProblemsException(List<Problem> problems) {
    super(problems.get(0).summary());
    this.problems = List.copyOf(problems);
  }

  /** The value, or all problems as an exception. */
  public static <T> T orThrow(Checked<T> checked) {
    if (checked.value() == null) {
      throw new ProblemsException(checked.problems());
    }
    return checked.value();
  }

  public List<Problem> problems() {
    return problems;
  }
}
