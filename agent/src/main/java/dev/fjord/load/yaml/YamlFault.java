package dev.fjord.load.yaml;

import dev.fjord.problem.Location;
import dev.fjord.problem.Problem;

/** Ends the reading of a file. Never leaves the package. */
final class YamlFault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  YamlFault(Problem problem) {
    super(problem.summary(), null, false, false);
    this.problem = problem;
  }

  static YamlFault of(String code, String summary, String hint, Location at) {
    return new YamlFault(Problem.of(code, summary).hint(hint).at(at));
  }

  Problem problem() {
    return problem;
  }
}
