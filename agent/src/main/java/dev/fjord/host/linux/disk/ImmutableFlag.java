package dev.fjord.host.linux.disk;

import dev.fjord.problem.ProblemException;
import dev.fjord.process.Command;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The flag that keeps root itself from writing a file by mistake (chattr(1)). */
final class ImmutableFlag {
  private ImmutableFlag() {}

  /**
   * Whether each of these files has it; those whose file system knows no flags are left out.
   *
   * @param files without white space in their paths
   */
  static Map<Path, Boolean> of(List<Path> files) {
    Map<Path, Boolean> flags = new HashMap<>();
    if (files.isEmpty()) {
      return flags;
    }
    List<String> words = new ArrayList<>(List.of("lsattr", "-d", "--"));
    files.forEach(file -> words.add(file.toString()));
    try {
      // It reports every file that it can; its exit status says that there was one that it could
      // not.
      Command.of(words)
          .run()
          .text()
          .lines()
          .forEach(line -> {
            String[] parts = line.split(" +", 2);
            if (parts.length == 2) {
              flags.put(Path.of(parts[1]), parts[0].indexOf('i') >= 0);
            }
          });
    } catch (ProblemException noSuchProgram) {
      // As where no file system has flags; the doctor names the package.
    }
    return flags;
  }

  /** Sets or clears it; says whether the file system has one. */
  static boolean change(Path file, boolean immutable) {
    if (!Folders.isFile(file)) {
      return false;
    }
    try {
      return Command.of("chattr", immutable ? "+i" : "-i", file.toString()).run().exit() == 0;
    } catch (ProblemException noSuchProgram) {
      return false;
    }
  }
}
