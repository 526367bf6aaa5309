package dev.fjord.report;

import com.fasterxml.jackson.core.JacksonException;
import dev.fjord.apply.ApplyListener;
import dev.fjord.apply.Outcome;
import dev.fjord.json.ModelJson;
import dev.fjord.model.Layout;
import dev.fjord.plan.Change;
import dev.fjord.problem.Printable;
import dev.fjord.problem.Problem;
import dev.fjord.problem.Secrets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What was about to be done and what came of it, a line of JSON each, for whoever asks later what
 * happened to a machine. Nothing is ever read back from it: the next run looks at the host. The
 * file is put aside at 4 MiB, and one older one is kept. Thread-safe.
 */
public final class Journal implements ApplyListener {
  private static final long LARGEST = 4 << 20;

  private final Path file;
  private final InstantSource clock;

  public Journal(Layout layout, InstantSource clock) {
    this.file = layout.journal().resolve("changes.jsonl");
    this.clock = clock;
  }

  @Override
  public void started(Change change) {
    Map<String, Object> entry = entry("begin", change);
    entry.put("cause", change.cause());
    entry.put("reason", change.reason());
    entry.put("fields", change.fields());
    append(entry);
  }

  @Override
  public void ended(Change change, Outcome outcome) {
    Map<String, Object> entry = entry("end", change);
    entry.put("status", outcome.status());
    entry.put("milliseconds", outcome.took().toMillis());
    Problem problem = outcome.problem();
    if (problem != null) {
      entry.put("code", problem.code());
      entry.put("problem", problem.summary());
      if (outcome.status() == Outcome.Status.DONE && problem.detail() != null) {
        entry.put("detail", Printable.line(problem.detail())); // What is left undone is told once.
      }
    }
    if (outcome.rebase() != null) {
      entry.put("rebase", RebaseJson.of(outcome.rebase()));
    }
    append(entry);
  }

  private Map<String, Object> entry(String what, Change change) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("at", clock.instant());
    entry.put("what", what);
    entry.put("change", change.id());
    return entry;
  }

  /** What cannot be written is the caller's to log; a change is made all the same. */
  private synchronized void append(Map<String, Object> entry) {
    try {
      String line = Secrets.hidden(ModelJson.mapper().writeValueAsString(entry)) + "\n";
      Files.createDirectories(file.getParent());
      if (Files.exists(file) && Files.size(file) > LARGEST) {
        Files.move(file, file.resolveSibling("changes.1.jsonl"), StandardCopyOption.ATOMIC_MOVE);
      }
      Files.writeString(
          file, line, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (JacksonException e) {
      throw new IllegalStateException("a change has no JSON form", e);
    } catch (IOException e) {
      throw Problem.of("write-failed", "writing " + file + " failed")
          .detail(e.toString())
          .asException(e);
    }
  }
}
