package dev.fjord.model;

import dev.fjord.problem.Problem;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The hosts file in which the host itself finds the names of instances.
 *
 * @param block the lines between this site's marks; null when there are no marks
 * @param taken names that no instance may have: other lines define them, or they are the host's
 *     own; in lower case
 * @param written what was written last since the host booted; null for nothing
 * @param repairs when the block was written again although its content had not changed
 * @param suspects what is known of other programs that write the file, for a person; may be empty
 * @param fault why it cannot be written; null when it can
 */
public record ObservedHosts(
    Path file,
    @Nullable List<String> block,
    Set<String> taken,
    @Nullable List<String> written,
    List<Instant> repairs,
    String suspects,
    @Nullable Problem fault) {
  public ObservedHosts {
    block = block == null ? null : List.copyOf(block);
    taken = Set.copyOf(taken);
    written = written == null ? null : List.copyOf(written);
    repairs = List.copyOf(repairs);
  }
}
