package dev.fjord.source;

import dev.fjord.file.DurableFile;
import dev.fjord.model.KeyId;
import dev.fjord.problem.Problem;
import dev.fjord.trust.FirstSeen;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * When commits that were not followed at once were seen first, in a file that says its version:
 * {@code COMMIT SECONDS KEY} lines, the oldest first, with seconds since 1970 and {@code -} where
 * no key is known. It holds the last 10,000. A partner that pushes more makes others seem younger
 * than they are, and a commit that seems younger is trusted less. Not safe for use by many threads.
 */
final class SeenCommits implements FirstSeen {
  static final int MOST = 10_000;
  private static final String HEADER = "fjord-seen-commits 1";
  private static final String NO_KEY = "-";
  private static final Pattern LINE =
      Pattern.compile("([0-9a-f]{40}) ([0-9]{1,12}) (-|SHA256:[A-Za-z0-9+/]{43})");

  private final Path file;
  private final InstantSource clock;
  private @Nullable Map<String, Known> all;

  SeenCommits(Path file, InstantSource clock) {
    this.file = file;
    this.clock = clock;
  }

  /**
   * As {@link FirstSeen#of} says.
   *
   * @throws dev.fjord.problem.ProblemException {@code memory-unreadable}: unknown is not absent
   */
  @Override
  public Known of(String commit) {
    Known known = all().get(commit);
    return known == null ? new Known(clock.instant(), null) : known;
  }

  @Override
  public void note(Map<String, Known> commits) {
    Map<String, Known> known = all();
    boolean isNew = false;
    for (Map.Entry<String, Known> commit : commits.entrySet()) {
      isNew |= known.putIfAbsent(commit.getKey(), whole(commit.getValue())) == null;
    }
    if (isNew) {
      var oldest = known.entrySet().iterator();
      for (int surplus = known.size() - MOST; surplus > 0; surplus--) {
        oldest.next();
        oldest.remove();
      }
      write(known);
    }
  }

  private static Known whole(Known known) {
    return new Known(Instant.ofEpochSecond(known.at().getEpochSecond()), known.key());
  }

  private void write(Map<String, Known> known) {
    StringBuilder text = new StringBuilder(HEADER).append('\n');
    known.forEach((commit, one) ->
        text.append(commit)
            .append(' ')
            .append(one.at().getEpochSecond())
            .append(' ')
            .append(one.key() == null ? NO_KEY : one.key().text())
            .append('\n'));
    DurableFile.write(file, text.toString().getBytes(StandardCharsets.US_ASCII));
  }

  private Map<String, Known> all() {
    Map<String, Known> known = all;
    if (known == null) {
      known = read();
      all = known;
    }
    return known;
  }

  private Map<String, Known> read() {
    Map<String, Known> known = new LinkedHashMap<>();
    if (Files.notExists(file)) {
      return known;
    }
    try {
      List<String> lines = Files.readAllLines(file, StandardCharsets.US_ASCII);
      if (lines.isEmpty() || !lines.get(0).equals(HEADER)) {
        throw new IOException("its first line is not '" + HEADER + "'");
      }
      for (String line : lines.subList(1, lines.size())) {
        Matcher parts = LINE.matcher(line);
        if (!parts.matches()) {
          throw new IOException("not a line of 'COMMIT SECONDS KEY': " + line);
        }
        String key = parts.group(3);
        known.put(
            parts.group(1),
            new Known(
                Instant.ofEpochSecond(Long.parseLong(parts.group(2))),
                key.equals(NO_KEY) ? null : new KeyId(key)));
      }
      return known;
    } catch (IOException e) {
      throw Problem.of("memory-unreadable", "reading when commits were first seen failed: " + file)
          .detail(String.valueOf(e.getMessage()))
          .hint("Remove the file; commits that are not followed yet count as seen from then on.")
          .asException(e);
    }
  }
}
