package dev.fjord.cli;

import dev.fjord.app.Operations;
import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** What one command line printed, and its exit code. */
record CommandRun(int exit, String out, String err) {

  static CommandRun of(Operations operations, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit = line(operations, out, err).execute(arguments);
    return new CommandRun(exit, out.toString(), err.toString());
  }

  /** For commands that must come along without the rest of the program. */
  static CommandRun alone(String... arguments) {
    return of(
        new FakeOperations() {
          @Override
          public dev.fjord.model.AgentSettings settings(java.nio.file.Path file) {
            throw new AssertionError("this command has no need of settings");
          }
        },
        arguments);
  }

  static CommandLine line() {
    return line(new FakeOperations(), new StringWriter(), new StringWriter());
  }

  private static CommandLine line(Operations operations, StringWriter out, StringWriter err) {
    Terminal terminal = Terminal.plain(new PrintWriter(out), new PrintWriter(err));
    return Fjord.commandLine(terminal, () -> operations);
  }
}
