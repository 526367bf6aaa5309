package dev.fjord.plan;

import dev.fjord.model.ResourceName;
import dev.fjord.problem.Problem;
import java.util.List;

/**
 * What apply will do and why, complete. The same inputs give an equal plan. Its id, the SHA-256 of
 * its canonical JSON, is reckoned where that JSON is written.
 *
 * @param changes ordered so that each comes after all that it requires or follows
 * @param images what new versions of images mean, for those of which this plan does something
 */
public record Plan(
    ResourceName host,
    String revision,
    List<Change> changes,
    List<Refusal> refused,
    List<Waiting> waiting,
    List<ImageChange> images,
    List<Problem> problems) {
  public Plan {
    changes = List.copyOf(changes);
    refused = List.copyOf(refused);
    waiting = List.copyOf(waiting);
    images = List.copyOf(images);
    problems = List.copyOf(problems);
  }

  public boolean isEmpty() {
    return changes.isEmpty();
  }
}
