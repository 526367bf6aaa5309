package dev.fjord.load.yaml;

import dev.fjord.problem.Problem;
import java.util.List;

/**
 * A file's documents, as far as they could be read.
 *
 * @param complete false when reading ended early: there may be more documents than these
 * @param values how many values were read, names of fields included
 */
public record YamlFile(
    List<YamlDocument> documents, List<Problem> problems, boolean complete, int values) {
  public YamlFile {
    documents = List.copyOf(documents);
    problems = List.copyOf(problems);
  }
}
