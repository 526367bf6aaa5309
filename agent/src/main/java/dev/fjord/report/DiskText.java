package dev.fjord.report;

import dev.fjord.model.ByteSize;
import dev.fjord.model.DiskUsage;
import dev.fjord.model.Owner;
import dev.fjord.problem.Printable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The use of the disk for people: a table of the instances, the file system, the worst case. */
public final class DiskText {
  private DiskText() {}

  public static String of(DiskUsage usage, Paint paint) {
    StringBuilder out = new StringBuilder();
    if (!usage.instances().isEmpty()) {
      table(usage, paint).forEach(line -> out.append(line).append('\n'));
      out.append('\n');
    }
    out.append(Printable.line(usage.state().toString()))
        .append(": ")
        .append(Words.size(usage.free()))
        .append(" of ")
        .append(Words.size(usage.size()))
        .append(" free; images take ")
        .append(orUnknown(usage.images()))
        .append(", the trash ")
        .append(orUnknown(usage.trash()))
        .append('\n')
        .append(worst(usage, paint))
        .append(ForecastText.of(usage.forecast(), paint));
    String problems = ProblemText.of(usage.problems(), paint);
    return out.append(problems.isEmpty() ? "" : "\n" + problems).toString();
  }

  private static List<String> table(DiskUsage usage, Paint paint) {
    TextTable table = new TextTable(32, 32, 12, 12);
    table.row("NAME", "PARTNER", "PROMISED", "USED", "DIVERGED");
    for (DiskUsage.OfInstance one : usage.instances()) {
      table.row(
          one.name().value(),
          owner(one.owner()),
          orUnknown(one.promised()),
          orUnknown(one.used()),
          orUnknown(one.diverged()));
    }
    List<String> lines = new ArrayList<>(table.lines());
    lines.set(0, paint.bold(lines.get(0)));
    return lines;
  }

  private static String owner(@Nullable Owner owner) {
    if (owner == null) {
      return "?";
    }
    return owner.partner() == null ? "-" : owner.partner().value();
  }

  private static String orUnknown(@Nullable ByteSize size) {
    return size == null ? "?" : Words.size(size);
  }

  private static String worst(DiskUsage usage, Paint paint) {
    StringBuilder out = new StringBuilder("worst case: ");
    out.append(usage.unknownPromises() == 0 ? "" : "at least ")
        .append(Words.size(usage.outstanding()))
        .append(" more when all that is promised gets used: ");
    if (usage.missing().bytes() > 0) {
      out.append(paint.red(Words.size(usage.missing()) + " more than there is"))
          .append("\n    ")
          .append(paint.yellow("hint:"))
          .append(" Promise less, clear the trash, or enlarge the file system.\n");
    } else if (usage.unknownPromises() == 0) {
      out.append(paint.green("it fits")).append('\n');
    } else {
      String unknown = Words.count(usage.unknownPromises(), "instance");
      out.append(paint.red("not known whether it fits, " + unknown + " could not be read"))
          .append('\n');
    }
    return out.toString();
  }
}
