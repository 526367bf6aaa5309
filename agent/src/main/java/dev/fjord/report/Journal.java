package dev.fjord.report;

import com.fasterxml.jackson.core.JacksonException;
import dev.fjord.apply.IntentJournal;
import dev.fjord.apply.Outcome;
import dev.fjord.file.FixedLog;
import dev.fjord.json.ModelJson;
import dev.fjord.model.Layout;
import dev.fjord.plan.Change;
import dev.fjord.plan.Plan;
import dev.fjord.problem.Printable;
import dev.fjord.problem.Problem;
import dev.fjord.problem.Secrets;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is about to be done and what came of it, a line of JSON each, for a person who asks later
 * what happened to a machine. The next run looks at the host and reads nothing back. Two files of 4
 * MiB ({@link FixedLog}), which are made by the first run that changes something. Thread-safe.
 */
public final class Journal implements IntentJournal, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
  private static final int VERSION = 1;
  private static final long SIZE = 4 << 20;

  private final Path file;
  private final InstantSource clock;
  private final long size;
  private @Nullable FixedLog log;

  public Journal(Layout layout, InstantSource clock) {
    this(layout, clock, SIZE);
  }

  Journal(Layout layout, InstantSource clock, long size) {
    this.file = layout.journal().resolve("changes.jsonl");
    this.clock = clock;
    this.size = size;
  }

  @Override
  public Run begin(Plan plan) {
    return new Walk(plan);
  }

  /** One walk; a plan with nothing to do costs nothing here. */
  private final class Walk implements Run {
    private final Plan plan;
    private final String run = clock.instant().toString();
    private @Nullable String planId;

    Walk(Plan plan) {
      this.plan = plan;
    }

    private synchronized String planId() {
      String id = planId;
      if (id == null) {
        id = PlanJson.id(plan);
        planId = id;
      }
      return id;
    }

    @Override
    public void intend(List<Change> changes) {
      StringBuilder lines = new StringBuilder();
      for (Change change : changes) {
        Map<String, Object> entry = entry("begin", run, change);
        entry.put("plan", planId());
        entry.put("revision", plan.revision());
        entry.put("action", change.action());
        entry.put("kind", change.kind());
        entry.put("name", change.name());
        entry.put("owner", change.owner());
        entry.put("cause", change.cause());
        entry.put("reason", change.reason());
        entry.put("disruption", change.disruption());
        entry.put("fields", change.fields());
        lines.append(line(entry));
      }
      append(lines.toString(), true);
    }

    @Override
    public void ended(Change change, Outcome outcome) {
      append(line(end(run, change, outcome)), false);
    }
  }

  private Map<String, Object> end(String run, Change change, Outcome outcome) {
    Map<String, Object> entry = entry("end", run, change);
    entry.put("status", outcome.status());
    entry.put("milliseconds", outcome.took().toMillis());
    Problem problem = outcome.problem();
    if (problem != null) {
      entry.put("code", problem.code());
      entry.put("problem", problem.summary());
      if (outcome.status() == Outcome.Status.DONE && problem.detail() != null) {
        entry.put("detail", Printable.line(problem.detail())); // Reported this once.
      }
    }
    if (outcome.rebase() != null) {
      entry.put("rebase", RebaseJson.of(outcome.rebase()));
    }
    return entry;
  }

  private Map<String, Object> entry(String what, String run, Change change) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("version", VERSION);
    entry.put("at", clock.instant());
    entry.put("what", what);
    entry.put("run", run);
    entry.put("change", change.id());
    return entry;
  }

  private static String line(Map<String, Object> entry) {
    try {
      return Secrets.hidden(ModelJson.mapper().writeValueAsString(entry)) + "\n";
    } catch (JacksonException e) {
      throw new IllegalStateException("a change has no JSON form", e);
    }
  }

  private synchronized void append(String lines, boolean durable) {
    try {
      FixedLog open = log;
      if (open == null) {
        open = FixedLog.open(file, file.resolveSibling("changes.1.jsonl"), size);
        log = open;
      }
      open.append(lines);
      if (durable) {
        open.sync();
      }
    } catch (IOException e) {
      close(); // After a failed fsync(2) the content on the disk is unknown: it is read again.
      throw Problem.of(UNWRITABLE, "no change begins: the journal " + file + " cannot be written")
          .detail(e.toString())
          .hint(
              "No change begins before its intent is on the disk. Make the file system writable, or"
                  + " free 8 MiB on it where the journal is new; the next run goes on from there.")
          .asException(e);
    }
  }

  @Override
  public synchronized void close() {
    FixedLog open = log;
    log = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        LOG.debug("closing {} failed", file, e);
      }
    }
  }
}
