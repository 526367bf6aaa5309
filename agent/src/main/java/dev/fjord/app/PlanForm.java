package dev.fjord.app;

import dev.fjord.plan.Plan;
import dev.fjord.reconcile.RunResult;
import dev.fjord.report.Paint;
import dev.fjord.report.PlanJson;
import dev.fjord.report.PlanMarkdown;
import dev.fjord.report.PlanText;
import dev.fjord.report.ProblemText;
import dev.fjord.schedule.ControlSocket.Planned;

/**
 * How {@code fjord plan} prints.
 *
 * @param brief whether only refusals and changes with a cost are shown; not with JSON
 */
public record PlanForm(Format format, boolean brief, Paint out, Paint err) {

  /** On one line, for {@link #parse}. */
  public String words() {
    return String.join(
        " ",
        format.name(),
        Boolean.toString(brief),
        Boolean.toString(out.on()),
        Boolean.toString(err.on()));
  }

  /**
   * Reads {@link #words}.
   *
   * @throws IllegalArgumentException when the words are not of this form
   */
  public static PlanForm parse(String words) {
    String[] parts = words.split(" ", -1);
    if (parts.length != 4) {
      throw new IllegalArgumentException("not how a plan is printed: " + words);
    }
    return new PlanForm(
        Format.valueOf(parts[0]),
        Boolean.parseBoolean(parts[1]),
        new Paint(Boolean.parseBoolean(parts[2])),
        new Paint(Boolean.parseBoolean(parts[3])));
  }

  public Planned of(RunResult result) {
    return new Planned(
        result.plan() == null ? "" : text(result.plan()),
        ProblemText.of(result.problems(), err),
        ExitCode.ofPreview(result).number());
  }

  private String text(Plan plan) {
    return switch (format) {
      case TEXT -> brief ? PlanText.brief(plan, out) : PlanText.of(plan, out);
      case JSON -> PlanJson.text(plan);
      case MARKDOWN -> brief ? PlanMarkdown.brief(plan) : PlanMarkdown.of(plan);
    };
  }
}
