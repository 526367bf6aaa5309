package dev.fjord.reconcile;

import dev.fjord.load.MovedDocuments;
import dev.fjord.model.Desired;
import dev.fjord.model.Observed;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Tree;
import dev.fjord.plan.DocumentMoves;
import dev.fjord.plan.HandOver;
import java.util.HashSet;
import java.util.Set;

/** Asks the history of a branch about documents that seem to have moved to another owner. */
final class HandOvers {
  private HandOvers() {}

  static DocumentMoves of(Tree tree, Desired desired, Observed observed, ResourceName host) {
    Set<HandOver> together = new HashSet<>();
    Set<HandOver> apart = new HashSet<>();
    for (HandOver one : DocumentMoves.asked(desired, observed, host)) {
      Tree.Commit last =
          tree.latest(
              MovedDocuments.folder(one.from()),
              MovedDocuments.folder(one.to()),
              commit -> MovedDocuments.isTaken(commit, one.name(), one.from()));
      if (last != null) {
        boolean given = MovedDocuments.isGiven(last, one.name(), one.to());
        (given ? together : apart).add(one);
      }
    }
    return new DocumentMoves(together, apart);
  }
}
