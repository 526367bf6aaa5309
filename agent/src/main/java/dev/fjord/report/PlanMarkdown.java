package dev.fjord.report;

import dev.fjord.plan.Change;
import dev.fjord.plan.ImageChange;
import dev.fjord.plan.Plan;
import dev.fjord.plan.Refusal;
import dev.fjord.plan.Waiting;
import dev.fjord.problem.Problem;
import java.util.List;
import java.util.stream.Stream;

/**
 * A plan as a comment below a pull request: what decides first, in at most {@value #MOST}
 * characters. Nothing in it can become markup, a link or a name.
 */
public final class PlanMarkdown {
  /** GitHub takes 65,536 in a comment, and more may be written around this one. */
  static final int MOST = 60_000;

  /** For the line that says what did not fit. */
  private static final int TAIL = 400;

  private final StringBuilder out = new StringBuilder();

  private PlanMarkdown() {}

  /** The whole of it, as far as a comment has room. */
  public static String of(Plan plan) {
    return new PlanMarkdown().write(plan, plan.changes().size());
  }

  /** The refusals and the changes that have a cost for users; the rest is counted. */
  public static String brief(Plan plan) {
    return new PlanMarkdown().write(plan, 0);
  }

  private String write(Plan plan, int mostHarmless) {
    out.append("### ").append(Markdown.prose(PlanText.totals(plan))).append("\n\n");
    out.append("**").append(PlanText.verdict(plan)).append("**\n\n");
    out.append("Host ")
        .append(Markdown.code(plan.host().value()))
        .append(", revision ")
        .append(Markdown.code(Words.revision(plan.revision())))
        .append(".\n");
    int left = add(plan.refused().stream().map(PlanMarkdown::refusal).toList());
    left += add(plan.problems().stream().map(PlanMarkdown::problem).toList());
    left += add(plan.images().stream().map(PlanMarkdown::image).toList());
    List<Change> costly = plan.changes().stream().filter(PlanText::costs).toList();
    List<Change> harmless = plan.changes().stream().filter(one -> !PlanText.costs(one)).toList();
    List<String> rows =
        Stream.concat(costly.stream(), harmless.stream().limit(mostHarmless))
            .map(PlanMarkdown::row)
            .toList();
    int changes = plan.changes().size() - rows.size();
    if (!rows.isEmpty()) {
      changes += add(rows, "\n| change | whose | why | cost |\n|---|---|---|---|\n");
    }
    left += add(plan.waiting().stream().map(PlanMarkdown::waiting).toList());
    return out + omitted(changes, left);
  }

  private static String omitted(int changes, int others) {
    if (changes + others == 0) {
      return "";
    }
    String text = changes == 0 ? "" : Words.count(changes, "more change");
    text += changes == 0 || others == 0 ? "" : " and ";
    text += others == 0 ? "" : Words.count(others, "more note");
    return "\n" + text + " not shown here: " + Markdown.code("fjord plan") + " has all of it.\n";
  }

  /** Adds pieces, and returns how many found no room. */
  private int add(List<String> pieces) {
    return add(pieces, "");
  }

  private int add(List<String> pieces, String title) {
    int used = out.length() + title.length();
    int fitting = 0;
    for (String piece : pieces) {
      used += piece.length();
      if (used > MOST - TAIL) {
        break;
      }
      fitting++;
    }
    if (fitting > 0) {
      out.append(title);
    }
    pieces.subList(0, fitting).forEach(out::append);
    return pieces.size() - fitting;
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
