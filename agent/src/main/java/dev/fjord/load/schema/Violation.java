package dev.fjord.load.schema;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fjord.load.yaml.LocatedNode;
import dev.fjord.load.yaml.YamlDocument;
import dev.fjord.problem.Nearest;
import dev.fjord.problem.Printable;
import dev.fjord.problem.Problem;
import java.util.ArrayList;
import java.util.List;

/** One violation of a schema in fjord's words. */
record Violation(Shape root, String subject, YamlDocument document) {

  /**
   * Reports it.
   *
   * @param keyword the schema's, which the document violates
   * @param path to the value that is wrong, or that lacks or has a field
   * @param property the field in question, where the keyword is about one
   */
  Problem told(String keyword, List<Object> path, String property) {
    return switch (keyword) {
      case "additionalProperties" -> unknown(path, property);
      case "required" -> missing(path, property);
      default -> {
        JsonNode value = value(path);
        ValueFault fault = new ValueFault(root.descend(path), value, name(path) + ": ");
        yield fault.told(keyword).at(document.place().nearest(path).at());
      }
    };
  }

  private Problem unknown(List<Object> path, String property) {
    LocatedNode place = document.place().nearest(path).child(property);
    Problem problem =
        Problem.of(
                "unknown-field", "unknown field " + Printable.quote(property) + " in " + name(path))
            .at(place == null ? document.place().nearest(path).at() : place.keyAt());
    List<String> fields = root.descend(path).fields();
    String nearest = Nearest.hint(property, fields);
    return problem.hint(nearest == null ? "its fields are " + String.join(", ", fields) : nearest);
  }

  private Problem missing(List<Object> path, String property) {
    List<Object> field = new ArrayList<>(path);
    field.add(property);
    return Problem.of("missing-field", name(path) + " has no field '" + property + "'")
        .hint(property + ": " + described(root.descend(field)))
        .at(document.place().nearest(path).keyAt());
  }

  private static String described(Shape shape) {
    String description = shape.own().path("description").asText(shape.hint());
    JsonNode example = shape.own().path("examples").path(0);
    return example.isValueNode() ? description + " Such as " + example.asText() : description;
  }

  /** {@code spec.memory of Instance linda}, or {@code Instance linda} for the document itself. */
  private String name(List<Object> path) {
    StringBuilder text = new StringBuilder();
    for (Object element : path) {
      if (element instanceof Integer index) {
        text.append('[').append(index).append(']');
      } else {
        text.append(text.isEmpty() ? "" : ".").append(element);
      }
    }
    return text.isEmpty() ? subject : Printable.clause(text.toString()) + " of " + subject;
  }

  private JsonNode value(List<Object> path) {
    JsonNode node = document.root();
    for (Object element : path) {
      node = element instanceof Integer index ? node.path(index) : node.path(element.toString());
    }
    return node;
  }
}
