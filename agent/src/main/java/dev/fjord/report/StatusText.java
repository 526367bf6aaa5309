package dev.fjord.report;

import dev.fjord.model.Ailment;
import dev.fjord.model.BuiltContent;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Death;
import dev.fjord.problem.Printable;
import dev.fjord.problem.Problem;
import dev.fjord.report.Status.InstanceStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A status for people: one line on the whole, a table of the instances, then what is wrong. */
public final class StatusText {
  /** So many kinds of spoofed frames are named; all of them are in the JSON. */
  private static final int KINDS = 3;

  /**
   * A death is shown in the table for this long: a person who looks in the morning learns of the
   * night.
   */
  private static final Duration RECENT = Duration.ofDays(1);

  private StatusText() {}

  /**
   * The whole text.
   *
   * @param now for ages
   */
  public static String of(Status status, Presence presence, Instant now, Paint paint) {
    StringBuilder out = new StringBuilder();
    out.append(headline(status, presence, now, paint)).append('\n');
    out.append(broken(status, now, paint));
    if (!status.instances().isEmpty()) {
      out.append('\n');
      table(status, now, paint).forEach(line -> out.append(line).append('\n'));
    }
    String images = images(status);
    out.append(images.isEmpty() ? "" : "\n" + images);
    String spoofed = spoofed(status, now);
    out.append(spoofed.isEmpty() ? "" : "\n" + spoofed);
    String rest =
        PlanText.rest(
                status.refused().stream().map(PlanJson.RefusalJson::refusal).toList(),
                status.waiting().stream().map(PlanJson.WaitingJson::waiting).toList(),
                paint)
            + ProblemText.of(problems(status), paint);
    out.append(rest.isEmpty() ? "" : "\n" + rest.stripTrailing() + "\n");
    Status.BoundsStatus bounds = status.bounds();
    out.append(bounds == null ? "" : "\nbounds of machines: " + bounds.words() + "\n");
    return out.append('\n').append(totals(status, presence, now)).append('\n').toString();
  }

  /** What a recipe came to is shown nowhere else. */
  private static String images(Status status) {
    StringBuilder lines = new StringBuilder();
    for (Status.ImageStatus image : status.images()) {
      BuiltContent built = image.built();
      if (built != null) {
        lines.append(
            "image %s@%s: %s, built %s\n    sha256 %s\n"
                .formatted(
                    image.name(),
                    image.digest().brief(),
                    built.size(),
                    built.at(),
                    built.sha256()));
      }
    }
    return lines.toString();
  }

  /** All that is known of one instance. */
  public static String of(InstanceStatus one, Instant at, Instant now, Paint paint) {
    StringBuilder out = new StringBuilder();
    out.append(paint.bold("instance " + one.name())).append(": ").append(Words.of(one.power()));
    Long uptime = one.uptimeSeconds();
    out.append(uptime == null ? "" : " for " + Words.age(uptime)).append('\n');
    out.append("  partner    ").append(orDash(one.partner())).append('\n');
    String addresses = String.join(", ", one.addresses().stream().map(Object::toString).toList());
    out.append("  addresses  ").append(addresses.isEmpty() ? "-" : addresses).append('\n');
    out.append("  image      ").append(orDash(one.image()));
    out.append(one.outdated() ? ", outdated" : "").append('\n');
    out.append("  memory     ").append(orDash(one.memory())).append('\n');
    out.append("  pid        ").append(orDash(one.pid())).append('\n');
    Status.Restarted restarted = one.restarted();
    if (restarted != null) {
      out.append("  restarted  by ").append(Printable.line(restarted.by()));
      out.append(", ordered ").append(age(restarted.at(), now)).append(" ago, at ");
      out.append(restarted.at()).append(" ('fjord restart')\n");
    }
    Ailment ailment = one.ailment();
    if (ailment != null) {
      String words = ailment.verdict().words() + " since " + ailment.since();
      out.append(paint.red("  ails       ")).append(Printable.line(words)).append('\n');
      out.append("             ").append(Printable.line(ailment.detail())).append('\n');
    }
    Death death = one.lastDeath();
    if (death != null) {
      out.append("  last end   ").append(age(death.at(), now)).append(" ago, seen at ");
      out.append(death.at()).append(": ").append(Printable.line(death.summary())).append('\n');
      for (String line : death.lines()) {
        out.append("             | ").append(Printable.line(line)).append('\n');
      }
    }
    List<Problem> problems = one.problems().stream().map(ProblemJson::problem).toList();
    String rest = ProblemText.of(problems, paint);
    out.append(rest.isEmpty() ? "" : "\n" + rest.stripTrailing() + "\n");
    return out.append("\nlooked at ").append(age(at, now)).append(" ago\n").toString();
  }

  private static String headline(Status status, Presence presence, Instant now, Paint paint) {
    StringBuilder out = new StringBuilder(paint.bold("host " + status.host())).append(": ");
    if (presence.isAgent()) {
      String state =
          status.converged() && !status.isBroken()
              ? paint.green("converged")
              : paint.red("not converged");
      out.append(state).append(" for ").append(age(status.since(), now));
    } else {
      // No agent has looked since.
      out.append(status.byAgent() ? paint.red("no agent runs") : "no agent runs")
          .append("; ")
          .append(status.converged() ? "converged" : paint.red("not converged"))
          .append(" when last looked at, ")
          .append(age(status.at(), now))
          .append(" ago");
    }
    if (status.revision() != null) {
      out.append(", at ").append(Words.revision(status.revision()));
    }
    if (status.desiredRevision() != null && !status.desiredRevision().equals(status.revision())) {
      out.append(", wanted ").append(Words.revision(status.desiredRevision()));
    }
    return out.toString();
  }

  private static String broken(Status status, Instant now, Paint paint) {
    if (!status.isBroken()) {
      return "";
    }
    Instant good = status.lastGood();
    return paint.red("the last run did not come through")
        + ", see below; "
        + (good == null ? "none did yet" : "the last good one ended " + age(good, now) + " ago")
        + "\n";
  }

  private static String age(Instant from, Instant now) {
    return Words.age(Duration.between(from, now).toSeconds());
  }

  private static List<String> table(Status status, Instant now, Paint paint) {
    TextTable table = new TextTable(24, 16, 7, 18, 16, 8, 7);
    table.row("NAME", "PARTNER", "POWER", "ADDRESS", "IMAGE", "MEMORY", "UPTIME", "NOTES");
    status.instances().forEach(instance -> row(table, instance, now));
    List<String> lines = new ArrayList<>(table.lines());
    lines.set(0, paint.bold(lines.get(0)));
    return lines;
  }

  private static void row(TextTable table, InstanceStatus one, Instant now) {
    List<String> notes = new ArrayList<>();
    Ailment ailment = one.ailment();
    if (ailment != null) {
      notes.add(Words.of(ailment.verdict()) + " for " + age(ailment.since(), now));
    }
    Death death = one.lastDeath();
    if (death != null && death.at().isAfter(now.minus(RECENT))) {
      notes.add(Words.of(death.cause()) + " " + age(death.at(), now) + " ago");
    }
    if (one.outdated()) {
      Long diverged = one.divergedBytes();
      notes.add("outdated");
      if (diverged != null) {
        notes.add(Words.mebibytes(new ByteSize(diverged)) + " diverged");
      }
    }
    if (Boolean.FALSE.equals(one.bounded())) {
      notes.add("not bounded");
    }
    if (one.spoofAttempts() > 0) {
      notes.add(Words.count(one.spoofAttempts(), "spoofed frame"));
    }
    if (!one.problems().isEmpty()) {
      notes.add(Words.count(one.problems().size(), "problem"));
    }
    Long uptime = one.uptimeSeconds();
    table.row(
        one.name().value(),
        orDash(one.partner()),
        Words.of(one.power()),
        addresses(one),
        orDash(one.image()),
        orDash(one.memory()),
        uptime == null ? "-" : Words.age(uptime),
        String.join(", ", notes));
  }

  /** What each instance that sent spoofed frames tried last. */
  private static String spoofed(Status status, Instant now) {
    StringBuilder lines = new StringBuilder();
    for (InstanceStatus one : status.instances()) {
      if (!one.spoofed().isEmpty()) {
        lines.append(one.name()).append(" sent what was not its to send, and it was dropped:\n");
        one.spoofed().stream()
            .limit(KINDS)
            .forEach(tried ->
                lines.append(
                    "    %s: %s, the last %s ago\n"
                        .formatted(
                            Words.count(tried.count(), "frame"),
                            tried.kind().words(),
                            age(tried.last(), now))));
        int more = one.spoofed().size() - KINDS;
        lines.append(more > 0 ? "    and " + Words.count(more, "kind") + " more\n" : "");
      }
    }
    return lines.toString();
  }

  private static String addresses(InstanceStatus one) {
    int more = one.addresses().size() - 1;
    return more < 0 ? "-" : one.addresses().get(0) + (more == 0 ? "" : " +" + more);
  }

  private static String orDash(@org.jspecify.annotations.Nullable Object value) {
    return value == null ? "-" : value.toString();
  }

  private static Set<Problem> problems(Status status) {
    Set<Problem> all = new LinkedHashSet<>();
    for (InstanceStatus one : status.instances()) {
      one.problems().forEach(problem -> all.add(problem.problem()));
    }
    status.problems().forEach(problem -> all.add(problem.problem()));
    return all;
  }

  private static String disk(Status status) {
    Status.DiskStatus disk = status.disk();
    return disk == null
        ? ""
        : "disk: "
            + disk.percent()
            + "% used, "
            + Words.size(disk.free())
            + " free"
            + forecast(disk.forecast())
            + "\n";
  }

  /** Where nothing is known, or nothing grows, there is nothing to say. */
  private static String forecast(ForecastJson forecast) {
    Instant full = forecast.fullAt();
    Long daily = forecast.bytesPerDay();
    return full == null || daily == null
        ? ""
        : "; it grows by "
            + Words.size(new ByteSize(daily))
            + " a day, and would be full on "
            + full.atOffset(ZoneOffset.UTC).toLocalDate();
  }

  private static String totals(Status status, Presence presence, Instant now) {
    long running =
        status.instances().stream().filter(one -> one.power() == Status.Power.RUNNING).count();
    return disk(status)
        + running
        + " of "
        + Words.count(status.instances().size(), "instance")
        + " running; looked at "
        + age(status.at(), now)
        + " ago"
        + (presence.kind() == Presence.Kind.RUN
            ? "; a run goes on (process " + presence.pid() + ")"
            : "");
  }
}
