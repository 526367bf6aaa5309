package dev.fjord.load.schema;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a schema says about the value at one place of a document: its words for people, which the
 * validator has no use for. Read only when there is a violation to report.
 *
 * @param own where the schema describes this value
 * @param type what {@code own} refers to, or {@code own} again
 */
record Shape(JsonNode own, JsonNode type) {
  private static final Map<String, JsonNode> PARSED = new ConcurrentHashMap<>();

  /** The shape of a whole document. */
  static Shape of(String schema) {
    return at(parsed(schema));
  }

  /** The shape of a field ({@code String}) or of an item ({@code Integer}). */
  Shape child(Object element) {
    if (element instanceof Integer) {
      return at(type.path("items"));
    }
    JsonNode named = type.path("properties").path(element.toString());
    return at(named.isMissingNode() ? type.path("additionalProperties") : named);
  }

  Shape descend(List<Object> path) {
    Shape shape = this;
    for (Object element : path) {
      shape = shape.child(element);
    }
    return shape;
  }

  List<String> fields() {
    List<String> names = new ArrayList<>();
    type.path("properties").fieldNames().forEachRemaining(names::add);
    return names;
  }

  /**
   * What such a value is called: {@code size}, {@code name}. Empty for a value with no such type.
   */
  String title() {
    return type.path("title").asText("");
  }

  /** The type's description with an example, as one hint. */
  String hint() {
    String description = type.path("description").asText("");
    JsonNode examples = own.has("examples") ? own.path("examples") : type.path("examples");
    if (examples.isEmpty() || !examples.get(0).isValueNode()) {
      return description;
    }
    String example = examples.get(0).asText();
    return description.replaceFirst("\\.$", "") + ", such as " + example;
  }

  private static Shape at(JsonNode own) {
    String reference = own.path("$ref").asText("");
    if (reference.isEmpty()) {
      return new Shape(own, own);
    }
    // A reference without a file is to the file that it stands in, and only the shared one has any.
    JsonNode type = parsed("common").at(reference.substring(reference.indexOf('#') + 1));
    return new Shape(own, type);
  }

  private static JsonNode parsed(String schema) {
    return PARSED.computeIfAbsent(schema, Shape::parse);
  }

  private static JsonNode parse(String schema) {
    try {
      JsonNode parsed = new ObjectMapper().readTree(Schemas.text(schema));
      return parsed == null ? MissingNode.getInstance() : parsed;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the schema " + schema + " is not JSON", e);
    }
  }
}
