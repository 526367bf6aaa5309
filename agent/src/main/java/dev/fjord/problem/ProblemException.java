package dev.fjord.problem;

/** Carries one {@link Problem} out of an effect that failed; its message is the summary. */
public final class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  public ProblemException(Problem problem) {
    super(problem.summary());
    this.problem = problem;
  }

  public ProblemException(Problem problem, Throwable cause) {
    super(problem.summary(), cause);
    this.problem = problem;
  }

  public Problem problem() {
    return problem;
  }
}
