package dev.fjord.report;

import dev.fjord.model.Desired;
import dev.fjord.model.Tree;
import dev.fjord.problem.Problem;
import java.util.List;

/** The last line of a check of a repository. */
public final class ValidationText {
  private ValidationText() {}

  /** What is in a repository without a fault. */
  public static String valid(Desired desired, Tree tree) {
    return "Valid: "
        + Words.count(desired.hosts().size(), "host")
        + ", "
        + Words.count(desired.partners().size(), "partner")
        + ", "
        + Words.count(desired.instances().size(), "instance")
        + " in "
        + Words.count(documents(tree), "file")
        + ".\n";
  }

  /** A README is welcome in a repository, and is no part of the site. */
  private static long documents(Tree tree) {
    return tree.files().stream().filter(file -> Tree.File.isYaml(file.path())).count();
  }

  /** How much is wrong with it, those that were only counted apart; without the line's end. */
  public static String faulty(List<Problem> problems) {
    long shown = problems.stream().filter(problem -> !problem.isCount()).count();
    return Words.count(shown, "problem") + (shown == problems.size() ? "." : " shown, and more.");
  }
}
