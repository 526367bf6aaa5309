package dev.fjord.host.linux.network;

import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import dev.fjord.process.Command;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * conntrack(8) in one network namespace.
 *
 * @param prefix as of {@link IpCommand}
 */
record Conntrack(List<String> prefix) {
  Conntrack {
    prefix = List.copyOf(prefix);
  }

  /**
   * Has the kernel forget connections; that there are none is no fault. All lines in one process,
   * which version 1.4.7 is the first to take.
   *
   * @return why it could not; null when it did
   */
  @Nullable Problem forget(List<String> lines) {
    if (lines.isEmpty()) {
      return null;
    }
    try {
      Command.Output output =
          Command.of(Stream.concat(prefix.stream(), Stream.of("conntrack", "-R", "-")).toList())
              .input(String.join("\n", lines) + "\n")
              .run();
      return output.exit() == 0 ? null : kept(output.error().strip());
    } catch (ProblemException failed) {
      return kept(failed.problem().summary());
    }
  }

  private static Problem kept(String why) {
    return Problem.of(
            "connections-kept",
            "connections from before this change go on as they were: conntrack(8) failed")
        .detail(why)
        .hint(
            "They end when nothing is sent for a while: UDP after 2 minutes, TCP after days. Is"
                + " conntrack 1.4.7 or newer installed (package conntrack)? Then: conntrack -F"
                + " forgets all of them, everybody's.");
  }
}
