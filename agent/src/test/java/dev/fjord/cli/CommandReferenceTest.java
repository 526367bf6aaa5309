package dev.fjord.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.build.Golden;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** docs/reference/commands.md says what {@code --help} says. */
class CommandReferenceTest {
  private static final Path REFERENCE = Path.of("../docs/reference/commands.md");

  @Test
  void the_reference_is_what_help_prints() throws Exception {
    StringBuilder text = new StringBuilder("# Commands\n\n");
    text.append("What `fjord help COMMAND` prints. Written by `CommandReferenceTest`;\n");
    text.append("`mvn test -Dtest=CommandReferenceTest -Dgolden.write=true` writes it anew.\n");
    CommandLine fjord = CommandRun.line();
    append(text, fjord);
    fjord.getSubcommands().values().forEach(command -> append(text, command));
    Golden.matches(REFERENCE, text.toString());
  }

  @Test
  void every_command_teaches() {
    for (CommandLine command : CommandRun.line().getSubcommands().values()) {
      String usage = usage(command);
      assertThat(usage).contains("Exit codes:").contains("64");
      if (!command.getCommandName().equals("help")) {
        assertThat(usage).contains("Examples:").contains("See also:");
      }
    }
  }

  private static void append(StringBuilder text, CommandLine command) {
    text.append("\n## ").append(command.getCommandSpec().qualifiedName()).append("\n\n```text\n");
    text.append(usage(command).stripTrailing()).append("\n```\n");
  }

  private static String usage(CommandLine command) {
    return command
        .getUsageMessage(Ansi.OFF)
        .lines()
        .map(String::stripTrailing)
        .collect(java.util.stream.Collectors.joining("\n"));
  }
}
