package dev.fjord.report;

import dev.fjord.plan.Change;
import dev.fjord.plan.ImageChange;
import dev.fjord.plan.Plan;
import dev.fjord.plan.Refusal;
import dev.fjord.plan.Waiting;
import dev.fjord.problem.Problem;

/** A plan as a comment below a pull request. Nothing in it can become markup, a link or a name. */
public final class PlanMarkdown {
  private PlanMarkdown() {}

  public static String of(Plan plan) {
    StringBuilder out = new StringBuilder();
    out.append("### ").append(Markdown.prose(PlanText.totals(plan))).append("\n\n");
    out.append("Host ")
        .append(Markdown.code(plan.host().value()))
        .append(", revision ")
        .append(Markdown.code(Words.revision(plan.revision())))
        .append(".\n");
    plan.images().forEach(change -> out.append(image(change)));
    if (!plan.isEmpty()) {
      out.append("\n| change | whose | why | cost |\n|---|---|---|---|\n");
      plan.changes().forEach(change -> out.append(row(change)));
    }
    plan.refused().forEach(refusal -> out.append(refusal(refusal)));
    plan.waiting().forEach(waiting -> out.append(waiting(waiting)));
    plan.problems().forEach(problem -> out.append(problem(problem)));
    return out.toString();
  }

  private static String image(ImageChange change) {
    StringBuilder out = new StringBuilder("\n**");
    out.append(Markdown.prose(ImageChangeText.title(change))).append("**\n\n");
    ImageChangeText.lines(change)
        .forEach(fact -> out.append("- ").append(Markdown.prose(fact)).append('\n'));
    return out.toString();
  }

  private static String row(Change change) {
    StringBuilder why = new StringBuilder(Markdown.prose(change.reason()));
    why.append(PlanText.because(change.cause()));
    for (String field : FieldText.lines(change.fields())) {
      why.append("<br>").append(Markdown.code(field));
    }
    return "| "
        + Markdown.code(Words.title(change))
        + " | "
        + change.owner()
        + " | "
        + why
        + " | "
        + PlanText.cost(change.disruption())
        + " |\n";
  }

  private static String refusal(Refusal refusal) {
    return "\n**Refused** ("
        + Markdown.code(refusal.guard())
        + ", "
        + refusal.owner()
        + "): "
        + Markdown.prose(refusal.summary())
        + "<br>Hint: "
        + Markdown.prose(refusal.hint())
        + "\n";
  }

  private static String waiting(Waiting waiting) {
    StringBuilder out = new StringBuilder("\n**Waits** for ");
    out.append(PlanText.until(waiting.until()))
        .append(": ")
        .append(Markdown.code("instance " + waiting.instance()))
        .append(", ")
        .append(Markdown.prose(waiting.summary()));
    for (String field : FieldText.lines(waiting.fields())) {
      out.append("<br>").append(Markdown.code(field));
    }
    return out.append('\n').toString();
  }

  private static String problem(Problem problem) {
    StringBuilder out = new StringBuilder("\n**Problem** ");
    if (problem.location() != null) {
      out.append(Markdown.code(problem.location().toString())).append(": ");
    }
    out.append(Markdown.prose(problem.summary()))
        .append(" (")
        .append(Markdown.code(problem.code()))
        .append(')');
    if (problem.hint() != null) {
      out.append("<br>Hint: ").append(Markdown.prose(problem.hint()));
    }
    return out.append('\n').toString();
  }
}
