package dev.fjord.report;

import dev.fjord.model.RebaseReport;
import java.util.List;

/** What carrying a root over came to, as programs read it. Sizes are in bytes. */
public record RebaseJson(
    TallyJson kept,
    TallyJson taken,
    TallyJson removed,
    TallyJson conflicts,
    List<ConflictJson> listed) {

  /** Some files. */
  public record TallyJson(long files, long bytes) {
    static TallyJson of(RebaseReport.Tally tally) {
      return new TallyJson(tally.files(), tally.size().bytes());
    }
  }

  /** A file that both have changed. */
  public record ConflictJson(RebaseReport.Conflict.Kind kind, String path) {}

  public static RebaseJson of(RebaseReport report) {
    return new RebaseJson(
        TallyJson.of(report.kept()),
        TallyJson.of(report.taken()),
        TallyJson.of(report.removed()),
        TallyJson.of(report.conflicts()),
        report.listed().stream().map(one -> new ConflictJson(one.kind(), one.path())).toList());
  }

  public static String text(RebaseReport report) {
    return Json.pretty(of(report));
  }
}
