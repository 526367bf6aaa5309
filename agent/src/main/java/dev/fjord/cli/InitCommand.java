package dev.fjord.cli;

import dev.fjord.app.ExitCode;
import dev.fjord.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code fjord init}. */
@Command(
    name = "init",
    mixinStandardHelpOptions = true,
    description = {
      "Writes a repository to begin with.",
      "",
      "It has a site, this host, a kernel, an image, a network, and a partner with one machine."
          + " Each file says in comments what it is for.",
      "",
      "What can be seen on this machine (its name, memory and disk, the kernel's checksum, your"
          + " public key) is filled in. The folder must be empty or not there yet."
    },
    footer = {"", "Examples:", "  fjord init slart", "", "See also: validate, plan"})
final class InitCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(paramLabel = "DIR", description = "The folder, made if it is not there.")
  private Path folder = Path.of(".");

  InitCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    refuseWhatIsThere();
    MachineFacts facts = MachineFacts.ofThisMachine(folder, System.getenv("HOME"));
    Map<String, String> files = Scaffold.files(facts);
    files.forEach(this::write);
    terminal.print(
        "Wrote %d files to %s.%n%nNext:%n".formatted(files.size(), folder)
            + facts.stillToDo()
            + "  fjord validate %s%n".formatted(folder)
            + "  git -C %1$s init -b main && git -C %1$s add -A && git -C %1$s commit -m Begin%n"
                .formatted(folder)
            + "  then name it as 'repository' in %s, and: fjord plan%n"
                .formatted(GlobalOptions.SETTINGS));
    return ExitCode.OK.number();
  }

  private void refuseWhatIsThere() {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      // A repository made by 'git init' just before is as good as empty.
      if (files.anyMatch(file -> !file.endsWith(".git"))) {
        throw Problem.of("folder-not-empty", "the folder " + folder + " is not empty")
            .hint("Name one that is not there yet; nothing was written.")
            .asException();
      }
    } catch (IOException e) {
      throw failed(folder, e);
    }
  }

  private void write(String name, String content) {
    Path file = folder.resolve(name);
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, content, StandardOpenOption.CREATE_NEW);
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  private static RuntimeException failed(Path path, IOException e) {
    return Problem.of("write-failed", "writing " + path + " failed")
        .detail(e.toString())
        .hint("Name a folder that you may write to.")
        .asException(e);
  }
}
