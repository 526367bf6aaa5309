package dev.fjord.cli;

import dev.fjord.app.ExitCode;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code fjord completion}. */
@Command(
    name = "completion",
    mixinStandardHelpOptions = true,
    description = "Prints the script that lets a shell complete fjord's commands and options.",
    footer = {
      "",
      "Examples:",
      "  fjord completion bash > /etc/bash_completion.d/fjord",
      "  source <(fjord completion zsh)",
      "",
      "See also: help"
    })
final class CompletionCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(paramLabel = "bash|zsh", description = "The shell.")
  private String shell = "";

  @Spec private CommandSpec spec = CommandSpec.create();

  CompletionCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    // One script serves both: under zsh it loads bashcompinit itself.
    if (!shell.equals("bash") && !shell.equals("zsh")) {
      throw new ParameterException(spec.commandLine(), "the shell is bash or zsh");
    }
    terminal.print(AutoComplete.bash("fjord", spec.commandLine().getParent()));
    return ExitCode.OK.number();
  }
}
