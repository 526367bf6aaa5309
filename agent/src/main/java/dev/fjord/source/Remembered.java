package dev.fjord.source;

import dev.fjord.file.DurableFile;
import dev.fjord.problem.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jgit.lib.ObjectId;
import org.jspecify.annotations.Nullable;

/**
 * A second copy of the mirror's own refs, beside the mirror: {@code NAME SHA} lines. It is asked
 * only where the mirror has no such ref, so that a mirror that was lost and made anew does not
 * accept any history that the server shows then.
 */
record Remembered(Path file) {
  private static final Pattern LINE = Pattern.compile("(refs/fjord/[a-z]+) ([0-9a-f]{40})");

  /**
   * @throws dev.fjord.problem.ProblemException {@code memory-unreadable}: unknown is not absent
   */
  @Nullable ObjectId get(String ref) {
    return read().get(ref);
  }

  void put(String ref, ObjectId commit) {
    Map<String, ObjectId> all = new TreeMap<>(read());
    if (commit.equals(all.put(ref, commit))) {
      return;
    }
    StringBuilder text = new StringBuilder();
    all.forEach((name, id) -> text.append(name).append(' ').append(id.name()).append('\n'));
    DurableFile.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private Map<String, ObjectId> read() {
    Map<String, ObjectId> all = new TreeMap<>();
    if (Files.notExists(file)) {
      return all;
    }
    try {
      List<String> lines = Files.readAllLines(file);
      for (String line : lines) {
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
          throw new IOException("not a line of 'NAME SHA': " + line);
        }
        all.put(matcher.group(1), ObjectId.fromString(matcher.group(2)));
      }
      return all;
    } catch (IOException e) {
      throw Problem.of("memory-unreadable", "reading the accepted revisions in " + file + " failed")
          .detail(String.valueOf(e.getMessage()))
          .hint("Remove the file; the mirror's own refs, if it has them, are used then.")
          .asException(e);
    }
  }
}
