package dev.fjord.report;

import dev.fjord.problem.Printable;
import dev.fjord.problem.Problem;
import java.util.Collection;

/**
 * Problems as a compiler prints them, so that editors and terminals open the place: {@code
 * file:line:column: what [code]}, then the details and what to do next, indented.
 */
public final class ProblemText {
  /** A tool's own output is bounded where it is read; here it is cut so that a page shows it. */
  private static final int MOST_DETAIL_LINES = 12;

  private ProblemText() {}

  public static String of(Problem problem, Paint paint) {
    StringBuilder out = new StringBuilder();
    String place = problem.location() == null ? "fjord" : problem.location().toString();
    out.append(paint.bold(Printable.line(place) + ":"))
        .append(' ')
        .append(Printable.line(problem.summary()))
        .append(paint.faint(" [" + Printable.line(problem.code()) + "]"))
        .append('\n');
    if (problem.detail() != null) {
      problem
          .detail()
          .strip()
          .lines()
          .limit(MOST_DETAIL_LINES)
          .forEach(line -> out.append("    ").append(Printable.line(line)).append('\n'));
    }
    if (problem.hint() != null) {
      out.append("    ")
          .append(paint.yellow("hint:"))
          .append(' ')
          .append(Printable.line(problem.hint()))
          .append('\n');
    }
    return out.toString();
  }

  public static String of(Collection<Problem> problems, Paint paint) {
    StringBuilder out = new StringBuilder();
    problems.forEach(problem -> out.append(of(problem, paint)));
    return out.toString();
  }
}
