package dev.fjord.report;

import dev.fjord.problem.Location;
import dev.fjord.problem.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A problem as programs read it; what is not known is null.
 *
 * @param line 1-based
 * @param column 1-based
 */
public record ProblemJson(
    String code,
    String summary,
    @Nullable String detail,
    @Nullable String hint,
    @Nullable String file,
    @Nullable Integer line,
    @Nullable Integer column) {

  static ProblemJson of(Problem problem) {
    Location at = problem.location();
    return new ProblemJson(
        problem.code(),
        problem.summary(),
        problem.detail(),
        problem.hint(),
        at == null ? null : at.file(),
        at == null || at.line() == 0 ? null : at.line(),
        at == null || at.column() == 0 ? null : at.column());
  }

  static List<ProblemJson> all(List<Problem> problems) {
    return problems.stream().map(ProblemJson::of).toList();
  }

  /** The problem that this was made from. */
  public Problem problem() {
    Location at =
        file == null
            ? null
            : new Location(file, line == null ? 0 : line, column == null ? 0 : column);
    return new Problem(code, summary, detail, hint, at);
  }
}
