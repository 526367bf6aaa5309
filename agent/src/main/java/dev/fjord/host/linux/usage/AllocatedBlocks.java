package dev.fjord.host.linux.usage;

import dev.fjord.model.ByteSize;
import dev.fjord.problem.Problem;
import dev.fjord.process.Command;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What files take on their disk: st_blocks of stat(2), which the JDK does not give. One run of
 * du(1) for all; the paths go in by its standard input, so that their number has no limit and no
 * path is an option.
 *
 * @param byPath what could be read to its end; a path that is missing here is not known
 * @param errors what du said of the others; empty when all went well
 */
record AllocatedBlocks(Map<Path, ByteSize> byPath, String errors) {

  /**
   * Looks at files, and at folders with everything below. Links are not followed; a file with
   * several names counts once.
   *
   * @param paths absolute, different
   * @throws dev.fjord.problem.ProblemException when du is not installed or does not end in time
   */
  static AllocatedBlocks of(List<Path> paths) {
    if (paths.isEmpty()) {
      return new AllocatedBlocks(Map.of(), "");
    }
    String names = paths.stream().map(path -> path + "\0").collect(Collectors.joining());
    Command.Output output =
        Command.of("du", "--summarize", "--block-size=1", "--null", "--files0-from=-")
            .input(names)
            .run();
    // Of a folder that it could not read whole du prints the rest: too little, so it is asked
    // alone.
    if (output.exit() != 0 && paths.size() > 1) {
      return eachAlone(paths);
    }
    return output.exit() == 0
        ? new AllocatedBlocks(parse(output.text()), "")
        : new AllocatedBlocks(Map.of(), output.error().strip());
  }

  private static AllocatedBlocks eachAlone(List<Path> paths) {
    Map<Path, ByteSize> byPath = new HashMap<>();
    StringBuilder errors = new StringBuilder();
    for (Path path : paths) {
      AllocatedBlocks one = of(List.of(path));
      byPath.putAll(one.byPath());
      errors.append(one.errors()).append(one.errors().isEmpty() ? "" : "\n");
    }
    return new AllocatedBlocks(byPath, errors.toString().strip());
  }

  /** {@code BYTES TAB PATH NUL}, for each. */
  static Map<Path, ByteSize> parse(String text) {
    Map<Path, ByteSize> byPath = new HashMap<>();
    for (String entry : text.split("\0", 0)) {
      int tab = entry.indexOf('\t');
      if (tab < 1 || !entry.substring(0, tab).matches("[0-9]{1,18}")) {
        throw Problem.of("du-unknown", "du(1) said something that fjord does not understand")
            .detail(entry)
            .hint("Is it the one of GNU coreutils? 'du --version' tells.")
            .asException();
      }
      byPath.put(
          Path.of(entry.substring(tab + 1)), new ByteSize(Long.parseLong(entry.substring(0, tab))));
    }
    return byPath;
  }
}
