package dev.fjord.cli;

import dev.fjord.app.ExitCode;
import dev.fjord.app.Operations;
import dev.fjord.app.Wiring;
import dev.fjord.problem.Secrets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
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
  /** These describe all the other commands. */
  private static final Set<String> OF_ALL = Set.of("help", "completion");

  @Mixin private GlobalOptions options = new GlobalOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  private Fjord() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    Secrets.learnProxies(System.getenv());
    Terminal terminal = Terminal.ofProcess(System.getenv());
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, e) -> LoggerFactory.getLogger(Fjord.class).error("{} ended", thread.getName(), e));
    int code = commandLine(terminal, Wiring::new, arguments).execute(arguments);
    terminal.out().flush();
    terminal.err().flush();
    System.exit(code);
  }

  /** All commands, in the order in which help lists them. */
  private static Map<String, Supplier<Object>> commands(
      GlobalOptions options, Terminal terminal, Supplier<Operations> operations) {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("validate", () -> new ValidateCommand(options, terminal, operations));
    commands.put("plan", () -> new PlanCommand(options, terminal, operations));
    commands.put("apply", () -> new ApplyCommand(options, terminal, operations));
    commands.put("agent", () -> new AgentCommand(options, terminal, operations));
    commands.put("status", () -> new StatusCommand(options, terminal, operations));
    commands.put("addresses", () -> new AddressesCommand(options, terminal, operations));
    commands.put("disk", () -> new DiskCommand(options, terminal, operations));
    commands.put("verify", () -> new VerifyCommand(options, terminal, operations));
    commands.put("verify-commits", () -> new VerifyCommitsCommand(terminal));
    commands.put("rebase", () -> new RebaseCommand(options, terminal, operations));
    commands.put("repair", () -> new RepairCommand(options, terminal, operations));
    commands.put("restart", () -> new RestartCommand(options, terminal, operations));
    commands.put("poke", () -> new PokeCommand(options, operations));
    commands.put("doctor", () -> new DoctorCommand(options, terminal, operations));
    commands.put("console", () -> new ConsoleCommand(options, operations));
    commands.put("accept", () -> new AcceptCommand(options, terminal, operations));
    commands.put("init", () -> new InitCommand(terminal));
    commands.put("digest", () -> new DigestCommand(terminal));
    commands.put("completion", () -> new CompletionCommand(terminal));
    commands.put("help", () -> new HelpCommand());
    return commands;
  }

  /**
   * The whole command line.
   *
   * @param operations called only by commands that need them: most of the program is behind it
   */
  static CommandLine commandLine(Terminal terminal, Supplier<Operations> operations) {
    return commandLine(terminal, operations, name -> true);
  }

  /**
   * The command line that arguments are for: to understand all commands costs more than most of
   * them take.
   */
  static CommandLine commandLine(
      Terminal terminal, Supplier<Operations> operations, String... arguments) {
    String first = arguments.length == 0 ? "" : arguments[0];
    boolean isOne = commands(new GlobalOptions(), terminal, operations).containsKey(first);
    return commandLine(
        terminal, operations, isOne && !OF_ALL.contains(first) ? first::equals : name -> true);
  }

  private static CommandLine commandLine(
      Terminal terminal, Supplier<Operations> operations, Predicate<String> wanted) {
    Fjord fjord = new Fjord();
    CommandLine line = new CommandLine(fjord);
    commands(fjord.options, terminal, operations)
        .forEach((name, command) -> {
          if (wanted.test(name)) {
            line.addSubcommand(name, command.get());
          }
        });
    line.setOut(terminal.out());
    line.setErr(terminal.err());
    Ansi ansi = terminal.outPaint().on() ? Ansi.ON : Ansi.OFF;
    line.setColorScheme(CommandLine.Help.defaultColorScheme(ansi));
    line.setUsageHelpLongOptionsMaxWidth(26);
    ProblemReporter faults = new ProblemReporter(fjord.options, terminal);
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
