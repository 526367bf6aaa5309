package dev.fjord.report;

import dev.fjord.plan.Action;
import dev.fjord.plan.Cause;
import dev.fjord.plan.Change;
import dev.fjord.plan.Disruption;
import dev.fjord.plan.FieldChange;
import dev.fjord.plan.ImageChange;
import dev.fjord.plan.Plan;
import dev.fjord.plan.Refusal;
import dev.fjord.plan.Waiting;
import dev.fjord.problem.Printable;
import java.util.List;

/** A plan for people; it reads like a patch. */
public final class PlanText {
  private static final String INDENT = "      ";

  private final Paint paint;
  private final StringBuilder out = new StringBuilder();

  private PlanText(Paint paint) {
    this.paint = paint;
  }

  /** All of it, ending in the totals. */
  public static String of(Plan plan, Paint paint) {
    PlanText text = new PlanText(paint);
    text.line(
        paint.bold("Plan for host " + plan.host() + ", " + Words.revision(plan.revision())), "");
    text.line("", "");
    plan.images().forEach(text::image);
    plan.changes().forEach(text::change);
    text.rest(plan.refused(), plan.waiting());
    text.out.append(ProblemText.of(plan.problems(), paint));
    text.section(!plan.problems().isEmpty());
    text.line(totals(plan), "");
    return text.out.toString();
  }

  /** The refusals and the changes that have a cost for users; the rest is counted. */
  public static String brief(Plan plan, Paint paint) {
    PlanText text = new PlanText(paint);
    text.line(paint.bold(verdict(plan)), "");
    text.line("", "");
    List<Change> costly = plan.changes().stream().filter(PlanText::costs).toList();
    costly.forEach(text::change);
    text.rest(plan.refused(), List.of());
    text.out.append(ProblemText.of(plan.problems(), paint));
    text.section(!plan.problems().isEmpty());
    int others = plan.changes().size() - costly.size();
    if (others > 0) {
      text.line(Words.count(others, "more change") + " not shown, without '--short' they are", "");
    }
    text.line(totals(plan), "");
    return text.out.toString();
  }

  /** What a person who approves a plan has to know first. */
  static String verdict(Plan plan) {
    String refused =
        plan.refused().isEmpty()
            ? "Nothing is refused"
            : Words.count(plan.refused().size(), "request") + " refused";
    long restarts = count(plan, Disruption.RESTART);
    long losses = count(plan, Disruption.DATA);
    String costs =
        restarts + losses == 0
            ? "nobody loses anything"
            : (restarts == 0 ? "" : Words.count(restarts, "running machine") + " to end")
                + (restarts == 0 || losses == 0 ? "" : ", ")
                + (losses == 0 ? "" : "disks of " + losses + " to go to the trash");
    return refused + "; " + costs + ".";
  }

  private static long count(Plan plan, Disruption disruption) {
    return plan.changes().stream().filter(c -> c.disruption() == disruption).count();
  }

  static boolean costs(Change change) {
    return change.disruption() != Disruption.NONE;
  }

  /** What is refused and what waits; empty when there is neither. */
  static String rest(List<Refusal> refused, List<Waiting> waiting, Paint paint) {
    PlanText text = new PlanText(paint);
    text.rest(refused, waiting);
    return text.out.toString();
  }

  /** {@code Plan 3f2a9c81d0b4: 4 to create, 4 to start, 0 to restart, 0 to remove; 1 refused}. */
  static String totals(Plan plan) {
    String text = "Plan " + PlanJson.id(plan).substring(0, 12) + ": ";
    text += plan.isEmpty() ? "nothing to do" : counts(plan);
    text += plan.refused().isEmpty() ? "" : "; " + plan.refused().size() + " refused";
    text += plan.waiting().isEmpty() ? "" : "; " + plan.waiting().size() + " waiting";
    return text
        + (plan.problems().isEmpty() ? "" : "; " + Words.count(plan.problems().size(), "problem"));
  }

  private static String counts(Plan plan) {
    long updates = count(plan, Action.UPDATE, Action.REPLACE);
    long stops = count(plan, Action.STOP);
    return count(plan, Action.CREATE, Action.RESTORE)
        + " to create, "
        + (updates == 0 ? "" : updates + " to update, ")
        + count(plan, Action.START)
        + " to start, "
        + count(plan, Action.RESTART)
        + " to restart, "
        + (stops == 0 ? "" : stops + " to stop, ")
        + count(plan, Action.DELETE)
        + " to remove";
  }

  private static long count(Plan plan, Action... actions) {
    return plan.changes().stream().filter(c -> List.of(actions).contains(c.action())).count();
  }

  private void image(ImageChange change) {
    line("  " + paint.bold(ImageChangeText.title(change)), "");
    ImageChangeText.lines(change).forEach(fact -> line(fact, INDENT));
    line("", "");
  }

  private void change(Change change) {
    line("  " + mark(change) + Words.whose(change.owner()), "");
    line("why: " + Printable.line(change.reason()) + because(change.cause()), INDENT);
    String cost = cost(change.disruption());
    if (!cost.isEmpty()) {
      line(paint.yellow("cost: " + cost), INDENT);
    }
    fields(change.fields());
    line("", "");
  }

  private String mark(Change change) {
    String title = Words.title(change);
    return switch (change.action()) {
      case CREATE, RESTORE, START -> paint.green("+ " + title);
      case UPDATE, RESTART, REPLACE -> paint.yellow("~ " + title);
      case STOP, DELETE -> paint.red("- " + title);
    };
  }

  static String because(Cause cause) {
    return switch (cause) {
      case INTENDED -> "";
      case CORRECTIVE -> " (drift: no commit asked for it)";
      case RECOVERY -> " (an earlier apply did not come to its end)";
      case ROLLBACK -> " (rollback: a change had made things worse)";
    };
  }

  static String cost(Disruption disruption) {
    return switch (disruption) {
      case NONE -> "";
      case RESTART -> "the running machine ends; its disks stay";
      case DATA -> "disks go to the trash";
    };
  }

  private void rest(List<Refusal> refused, List<Waiting> waiting) {
    for (Refusal refusal : refused) {
      line("  " + paint.red("! refused") + ": " + Printable.line(refusal.summary()), "");
      line("guard: " + Printable.line(refusal.guard()) + Words.whose(refusal.owner()), INDENT);
      line(paint.yellow("hint:") + " " + Printable.line(refusal.hint()), INDENT);
    }
    section(!refused.isEmpty());
    for (Waiting one : waiting) {
      line(
          "  "
              + paint.yellow(". wait for " + until(one.until()))
              + ": instance "
              + one.instance()
              + Words.whose(one.owner()),
          "");
      line("why: " + Printable.line(one.summary()), INDENT);
      fields(one.fields());
    }
    section(!waiting.isEmpty());
  }

  static String until(Waiting.Until until) {
    return switch (until) {
      case WINDOW -> "a maintenance window";
      case NEXT_START -> "the next start";
      case OTHERS -> "the start of others";
      case BACKOFF -> "the next try";
      case ROOM -> "room on the host's disk";
    };
  }

  private void fields(List<FieldChange> fields) {
    FieldText.lines(fields).forEach(field -> line(field, INDENT));
  }

  private void section(boolean ended) {
    if (ended) {
      line("", "");
    }
  }

  private void line(String text, String indent) {
    out.append(text.isEmpty() ? "" : indent).append(text).append('\n');
  }
}
