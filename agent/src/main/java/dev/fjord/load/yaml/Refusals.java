package dev.fjord.load.yaml;

import dev.fjord.problem.Location;
import dev.fjord.problem.Printable;
import dev.fjord.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is refused of YAML: too much of anything, and constructs that make a text mean more than it
 * says.
 */
final class Refusals {
  private static final int MOST_DOCUMENTS = 200;
  private static final int MOST_NODES = 50_000;
  private static final int DEEPEST = 40;
  private static final int LONGEST_KEY = 256;
  private static final int MOST_PROBLEMS = 20;

  private final List<Problem> problems = new ArrayList<>();
  private boolean nothingLeftOut = true;
  private int documents;
  private int nodes;

  List<Problem> problems() {
    return problems;
  }

  /** How many values were read. */
  int values() {
    return nodes;
  }

  /** Whether the document, as far as it was read, is all in the tree. */
  boolean nothingLeftOut() {
    return nothingLeftOut;
  }

  void beginDocument(Location at) {
    nothingLeftOut = true;
    limit(
        ++documents,
        MOST_DOCUMENTS,
        "too-many-documents",
        "the file holds more than %,d documents",
        at);
  }

  void count(Location at) {
    limit(++nodes, MOST_NODES, "too-many-values", "the file holds more than %,d values", at);
  }

  void depth(int depth, Location at) {
    limit(depth, DEEPEST, "too-deep", "values lie more than %,d deep in each other", at);
  }

  void longKey(String key, Location at) {
    limit(key.length(), LONGEST_KEY, "too-long", "a field's name has more than %,d characters", at);
  }

  void tag(@Nullable String tag, Location at) {
    if (tag != null) {
      String shown = Printable.clause(tag.replace("tag:yaml.org,2002:", "!!"));
      leaveOut("tag", "tags (" + shown + ") are not used here", "leave it out", at);
    }
  }

  void duplicate(String key, @Nullable LocatedNode first, Location at) {
    String where = first == null ? "" : ", first at line " + first.keyAt().line();
    report(
        Problem.of(
                "duplicate-field", "the field " + Printable.quote(key) + " is here twice" + where)
            .hint("keep one of them")
            .at(at));
  }

  /** Reports something that the tree does not hold. */
  void leaveOut(String code, String summary, String hint, Location at) {
    nothingLeftOut = false;
    report(Problem.of(code, summary).hint(hint).at(at));
  }

  private static void limit(int found, int most, String code, String summary, Location at) {
    if (found > most) {
      throw YamlFault.of(code, summary.formatted(most), "the rest of the file was not read", at);
    }
  }

  private void report(Problem problem) {
    if (problems.size() == MOST_PROBLEMS) {
      throw new YamlFault(
          Problem.of("too-many-problems", "the rest of the file was not read")
              .at(problem.location()));
    }
    problems.add(problem);
  }
}
