package dev.fjord.load.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.path.NodePath;
import dev.fjord.load.yaml.YamlDocument;
import dev.fjord.problem.FirstProblems;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Holds a document against its schema. */
public final class SchemaCheck {
  private static final int MOST_PROBLEMS = 100;

  private SchemaCheck() {}

  /**
   * Finds every violation, and makes null each value that has one, so that what is read from the
   * tree later is either right or not there.
   *
   * @return the first hundred of them
   * @param schema the file's name up to its first dot
   * @param subject what the document is called in problems: {@code Instance linda}
   */
  public static FirstProblems check(String schema, String subject, YamlDocument document) {
    FirstProblems problems = new FirstProblems(MOST_PROBLEMS);
    List<Error> errors = new ArrayList<>(Schemas.compiled(schema).validate(document.root()));
    if (errors.isEmpty()) {
      return problems;
    }
    // The reader reports which fields go together, in words of what they are.
    errors.removeIf(error -> String.valueOf(error.getEvaluationPath()).contains("/oneOf"));
    errors.sort(Comparator.comparingInt(error -> rank(error.getKeyword())));
    Violation violation = new Violation(Shape.of(schema), subject, document);
    Set<List<Object>> told = new HashSet<>();
    for (Error error : errors) {
      List<Object> path = path(error.getInstanceLocation());
      boolean ofField = isOfField(error.getKeyword());
      if (!ofField && !told.add(path)) {
        continue;
      }
      if (problems.isFull()) {
        problems.addUntold(1);
      } else {
        problems.add(violation.told(error.getKeyword(), path, String.valueOf(error.getProperty())));
      }
    }
    told.forEach(path -> blank(document.root(), path));
    return problems;
  }

  /**
   * Whether it is about a field that is missing or too many, so that the value itself may stand.
   */
  private static boolean isOfField(String keyword) {
    return keyword.equals("additionalProperties") || keyword.equals("required");
  }

  /** Each value gets one problem: that it is a number, rather than that it also fits no pattern. */
  private static int rank(String keyword) {
    return switch (keyword) {
      case "type" -> 0;
      case "const", "enum" -> 1;
      case "pattern" -> 2;
      default -> 3;
    };
  }

  private static List<Object> path(NodePath location) {
    List<Object> path = new ArrayList<>();
    for (int i = 0; i < location.getNameCount(); i++) {
      path.add(location.getElement(i));
    }
    return path;
  }

  private static void blank(JsonNode root, List<Object> path) {
    JsonNode parent = root;
    for (int i = 0; i < path.size() - 1; i++) {
      parent = step(parent, path.get(i));
    }
    if (path.isEmpty()) {
      return;
    }
    Object last = path.get(path.size() - 1);
    if (parent instanceof ObjectNode object) {
      object.putNull(last.toString());
    } else if (parent instanceof ArrayNode array && last instanceof Integer index) {
      array.setNull(index);
    }
  }

  private static JsonNode step(JsonNode node, Object element) {
    return element instanceof Integer index ? node.path(index) : node.path(element.toString());
  }
}
