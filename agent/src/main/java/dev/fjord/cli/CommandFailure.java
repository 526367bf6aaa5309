package dev.fjord.cli;

import dev.fjord.problem.Checked;
import dev.fjord.problem.Problem;
import java.util.List;

/** Ends a command with all of its problems at once. */
final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  CommandFailure(List<Problem> problems) {
    super(problems.get(0).summary());
    this.problems = List.copyOf(problems);
  }

  /** The value, or all problems as an exception. */
  static <T> T orThrow(Checked<T> checked) {
    if (checked.value() == null) {
      throw new CommandFailure(checked.problems());
    }
    return checked.value();
  }

  List<Problem> problems() {
    return problems;
  }
}
