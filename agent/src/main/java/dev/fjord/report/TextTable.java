package dev.fjord.report;

import dev.fjord.problem.Printable;
import java.util.ArrayList;
import java.util.List;

/** Columns as wide as what is in them, and no wider than they may be; the last one is free. */
final class TextTable {
  private static final String GAP = "  ";

  private final List<Integer> limits;
  private final List<List<String>> rows = new ArrayList<>();

  /**
   * An empty table.
   *
   * @param limits the most characters of each column but the last
   */
  TextTable(Integer... limits) {
    this.limits = List.of(limits);
  }

  /** Adds a row of foreign text. */
  void row(String... cells) {
    List<String> row = new ArrayList<>();
    for (int i = 0; i < cells.length; i++) {
      String cell = Printable.line(cells[i]);
      row.add(i < limits.size() ? cut(cell, limits.get(i)) : cell);
    }
    rows.add(row);
  }

  /** The rows, without white space at their ends. */
  List<String> lines() {
    return rows.stream().map(this::line).toList();
  }

  private String line(List<String> row) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < row.size(); i++) {
      out.append(row.get(i));
      if (i < limits.size()) {
        out.append(" ".repeat(width(i) - row.get(i).length())).append(GAP);
      }
    }
    return out.toString().stripTrailing();
  }

  private int width(int column) {
    return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
  }

  private static String cut(String cell, int limit) {
    return cell.length() <= limit ? cell : cell.substring(0, limit - 1) + "~";
  }
}
