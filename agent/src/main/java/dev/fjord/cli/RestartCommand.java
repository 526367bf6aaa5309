package dev.fjord.cli;

import dev.fjord.app.Operations;
import dev.fjord.model.AgentSettings;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.Printable;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code fjord restart}. */
@Command(
    name = "restart",
    mixinStandardHelpOptions = true,
    description = {
      "Restarts machines that run, once, now, in an orderly way.",
      "",
      "It is an order and no document: nothing in Git changes, and whatever 'restart' of its"
          + " document says ('window', 'next-start'), it is now. What waits for a restart of the"
          + " machine, such as a new image, comes with it; 'fjord plan' shows that beforehand. A"
          + " machine that is stopped, paused or just starting is not restarted, and the command"
          + " says why. So is none that could not start again.",
      "",
      "The agent that runs does it, in a run that begins at once; without an agent this command"
          + " does one run, as 'fjord apply' would. It waits for the end; interrupted, the restart"
          + " goes on. An order that comes while another one for the same machine is carried out"
          + " waits for that restart. An agent that ends in between forgets its orders. Who ordered"
          + " it stands in the journal, the log and 'fjord status NAME'."
    },
    footer = {
      "",
      "Examples:",
      "  sudo fjord restart linda",
      "  sudo fjord restart dns mail web    in their 'start' order",
      "",
      "See also: plan, status, console"
    })
final class RestartCommand implements Callable<Integer> {
  private final GlobalOptions options;
  private final Terminal terminal;
  private final Supplier<Operations> operations;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "NAME", arity = "1..*", description = "The machines.")
  private List<String> names = List.of();

  RestartCommand(GlobalOptions options, Terminal terminal, Supplier<Operations> operations) {
    this.options = options;
    this.terminal = terminal;
    this.operations = operations;
  }

  @Override
  public Integer call() {
    List<ResourceName> machines = names.stream().map(this::parsed).distinct().toList();
    AgentSettings settings = operations.get().settings(options.config());
    return operations
        .get()
        .restart(settings, machines, terminal::tell, line -> terminal.print(line + "\n"));
  }

  private ResourceName parsed(String name) {
    try {
      return new ResourceName(name);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          spec.commandLine(), Printable.quote(name) + ": " + e.getMessage(), e);
    }
  }
}
