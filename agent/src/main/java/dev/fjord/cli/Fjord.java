package dev.fjord.cli;

import dev.fjord.app.ExitCode;
import dev.fjord.app.Operations;
import dev.fjord.app.Wiring;
import dev.fjord.problem.Secrets;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program. What every command has in common stands here. */
@Command(
    name = "fjord",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Turns a Git repository of YAML into running User-Mode Linux machines.",
      "",
      "The repository says what is wanted. The agent compares that with the images, switches and"
          + " kernels that are really on this host, and applies the difference."
    },
    footer = {
      "",
      "Examples:",
      "  fjord init slart        write a repository to begin with",
      "  fjord validate slart    check it, as a pull request's check would",
      "  fjord plan              what an apply would do now, and why",
      "  fjord status            what runs",
      "",
      "'fjord help COMMAND' tells more of one command."
    })
public final class Fjord implements Runnable {
  @Mixin private GlobalOptions options = new GlobalOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  private Fjord() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    Secrets.learnProxies(System.getenv());
    Terminal terminal = Terminal.ofProcess(System.getenv());
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, e) -> LoggerFactory.getLogger(Fjord.class).error("{} ended", thread.getName(), e));
    int code = commandLine(terminal, Wiring::new).execute(arguments);
    terminal.out().flush();
    terminal.err().flush();
    System.exit(code);
  }

  /**
   * The whole command line.
   *
   * @param operations asked only by commands that need them: most of the program is behind it
   */
  static CommandLine commandLine(Terminal terminal, Supplier<Operations> operations) {
    Fjord fjord = new Fjord();
    GlobalOptions options = fjord.options;
    CommandLine line =
        new CommandLine(fjord)
            .addSubcommand(new ValidateCommand(options, terminal, operations))
            .addSubcommand(new PlanCommand(options, terminal, operations))
            .addSubcommand(new ApplyCommand(options, terminal, operations))
            .addSubcommand(new AgentCommand(options, terminal, operations))
            .addSubcommand(new StatusCommand(options, terminal, operations))
            .addSubcommand(new AddressesCommand(options, terminal, operations))
            .addSubcommand(new DiskCommand(options, terminal, operations))
            .addSubcommand(new VerifyCommand(options, terminal, operations))
            .addSubcommand(new RebaseCommand(options, terminal, operations))
            .addSubcommand(new RepairCommand(options, terminal, operations))
            .addSubcommand(new RestartCommand(options, terminal, operations))
            .addSubcommand(new PokeCommand(options, operations))
            .addSubcommand(new DoctorCommand(options, terminal, operations))
            .addSubcommand(new ConsoleCommand(options, operations))
            .addSubcommand(new AcceptCommand(options, terminal, operations))
            .addSubcommand(new InitCommand(terminal))
            .addSubcommand(new DigestCommand(terminal))
            .addSubcommand(new CompletionCommand(terminal))
            .addSubcommand(new HelpCommand());
    line.setOut(terminal.out());
    line.setErr(terminal.err());
    Ansi ansi = terminal.outPaint().on() ? Ansi.ON : Ansi.OFF;
    line.setColorScheme(CommandLine.Help.defaultColorScheme(ansi));
    line.setUsageHelpLongOptionsMaxWidth(26);
    ProblemReporter faults = new ProblemReporter(options, terminal);
    line.setParameterExceptionHandler(faults);
    line.setExecutionExceptionHandler(faults);
    line.setExecutionStrategy(faults);
    teach(line);
    return line;
  }

  private static void teach(CommandLine line) {
    line.getCommandSpec().exitCodeOnInvalidInput(ExitCode.USAGE.number());
    line.getCommandSpec()
        .usageMessage()
        .parameterListHeading("%n")
        .optionListHeading("%nOptions:%n")
        .commandListHeading("%nCommands:%n")
        .exitCodeListHeading("%nExit codes:%n")
        .exitCodeList(ExitCode.table());
    line.getSubcommands().values().forEach(Fjord::teach);
  }

  /** Without a command. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
