package dev.fjord.report;

import dev.fjord.model.RebaseReport;
import dev.fjord.model.RebaseReport.Conflict;
import dev.fjord.model.RebaseReport.Tally;
import java.util.ArrayList;
import java.util.List;

/** What carrying a root over came to, for people. */
public final class RebaseText {
  private RebaseText() {}

  /** Lines without their ends. */
  public static List<String> lines(RebaseReport report) {
    List<String> lines = new ArrayList<>();
    lines.add("kept       " + tally(report.kept()) + " of the partner's, changed or added");
    lines.add("taken      " + tally(report.taken()) + " from the new version");
    lines.add("removed    " + tally(report.removed()) + " that the partner had deleted");
    lines.add("conflicts  " + tally(report.conflicts()) + " changed on both sides");
    for (Conflict conflict : report.listed()) {
      lines.add("  " + conflict.path() + ": " + meaning(conflict.kind()));
    }
    long more = report.conflicts().files() - report.listed().size();
    if (more > 0) {
      lines.add("  and " + more + " more");
    }
    return lines;
  }

  private static String tally(Tally tally) {
    String files = tally.files() == 1 ? "1 file" : tally.files() + " files";
    return "%-12s %8s".formatted(files, tally.size().mebibytes() + " MiB");
  }

  private static String meaning(Conflict.Kind kind) {
    return switch (kind) {
      case CHANGED -> "both changed it; the partner's is kept";
      case ADDED -> "both added it; the partner's is kept";
      case DROPPED -> "the partner changed it, the new version has it no more; it is kept";
      case REMOVED -> "the partner deleted it, the new version changed it; it stays deleted";
      case NO_FOLDER -> "the new version has no folder there; the partner's is kept";
    };
  }
}
