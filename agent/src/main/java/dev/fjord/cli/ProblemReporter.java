package dev.fjord.cli;

import dev.fjord.app.ExitCode;
import dev.fjord.problem.Printable;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import dev.fjord.problem.ProblemsException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IExecutionStrategy;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.UnmatchedArgumentException;

/** Reports whatever went wrong as a problem. Stack traces are for {@code --debug}. */
record ProblemReporter(GlobalOptions options, Terminal terminal)
    implements IParameterExceptionHandler, IExecutionExceptionHandler, IExecutionStrategy {

  @Override
  public int handleParseException(ParameterException e, String[] arguments) {
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    terminal.err().println(command + ": " + Printable.line(String.valueOf(e.getMessage())));
    if (e instanceof UnmatchedArgumentException unmatched) {
      unmatched.getSuggestions().stream()
          .limit(1)
          .forEach(suggestion -> terminal.err().println("    did you mean '" + suggestion + "'?"));
    }
    terminal.tell("    next: '" + command + " --help' tells how it is used");
    return ExitCode.USAGE.number();
  }

  /** picocli hands on exceptions; an Error, such as a class that is not there, passes it by. */
  @Override
  public int execute(ParseResult result) {
    try {
      return new RunLast().execute(result);
    } catch (Error e) {
      return tell(e);
    }
  }

  @Override
  public int handleExecutionException(Exception e, CommandLine command, ParseResult result) {
    return tell(e);
  }

  private int tell(Throwable e) {
    List<Problem> problems =
        switch (e) {
          case ProblemsException failure -> failure.problems();
          case ProblemException problem -> List.of(problem.problem());
          default -> List.of(internal(e));
        };
    terminal.print(problems);
    if (options.debug()) {
      e.printStackTrace(terminal.err());
      terminal.err().flush();
    }
    return ExitCode.of(problems).number();
  }

  private static Problem internal(Throwable e) {
    return Problem.of("internal-error", "fjord itself is at fault: " + e)
        .hint("Run it again with --debug, and report what it prints.");
  }
}
