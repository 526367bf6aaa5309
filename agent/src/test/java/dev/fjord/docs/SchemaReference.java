package dev.fjord.docs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** One page of reference from one schema. */
final class SchemaReference {
  private final JsonNode common;
  private final StringBuilder page = new StringBuilder();

  SchemaReference(Path schemas) throws IOException {
    common = new ObjectMapper().readTree(schemas.resolve("common.schema.json").toFile());
  }

  /** A page about a schema. */
  static String page(Path schemas, String name) throws IOException {
    SchemaReference reference = new SchemaReference(schemas);
    JsonNode schema = new ObjectMapper().readTree(schemas.resolve(name + ".schema.json").toFile());
    reference.head(schema, name);
    reference.fields(schema, "");
    return reference.page.toString();
  }

  /** What the values of all pages are. */
  static String types(Path schemas) throws IOException {
    SchemaReference reference = new SchemaReference(schemas);
    reference.head(reference.common, "common");
    reference.page.append("| type | what it is | examples |\n|---|---|---|\n");
    for (Map.Entry<String, JsonNode> type : reference.common.path("$defs").properties()) {
      JsonNode definition = type.getValue();
      if (definition.has("title")) {
        reference.page.append(
            "| %s | %s | %s |\n"
                .formatted(
                    definition.path("title").asText(),
                    cell(definition.path("description").asText()),
                    values(definition.path("examples"))));
      }
    }
    return reference.page.toString();
  }

  private void head(JsonNode schema, String name) {
    page.append("<!-- Made from schema/%s.schema.json: change that. -->\n".formatted(name));
    page.append("# ").append(schema.path("title").asText()).append("\n\n");
    page.append(schema.path("description").asText()).append("\n\n");
    if (!name.equals("common")) {
      page.append("| field | type | default | what it is |\n|---|---|---|---|\n");
    }
  }

  private void fields(JsonNode object, String prefix) {
    List<String> required = new ArrayList<>();
    object.path("required").forEach(field -> required.add(field.asText()));
    for (Map.Entry<String, JsonNode> field : object.path("properties").properties()) {
      String path = prefix + field.getKey();
      JsonNode own = field.getValue();
      JsonNode type = resolved(own);
      page.append(
          "| `%s` | %s | %s | %s |\n"
              .formatted(
                  path,
                  type(type),
                  required.contains(field.getKey()) ? "required" : fallback(own),
                  cell(own.path("description").asText(type.path("description").asText()))
                      + bounds(own)));
      below(type, path);
    }
  }

  private void below(JsonNode type, String path) {
    if (type.has("properties")) {
      fields(type, path + ".");
    } else if (type.has("items") && resolved(type.path("items")).has("properties")) {
      fields(resolved(type.path("items")), path + "[].");
    }
  }

  private String type(JsonNode type) {
    if (type.has("const")) {
      return "`" + type.path("const").asText() + "`";
    }
    if (type.has("enum")) {
      return values(type.path("enum"));
    }
    if (type.path("type").asText().equals("array")) {
      return "list of " + type(resolved(type.path("items")));
    }
    String name = type.path("title").asText(type.path("type").asText());
    return switch (name) {
      case "object" -> "fields";
      case "integer" -> "whole number";
      case "string" -> "text";
      case "number" -> "number";
      default -> link(name);
    };
  }

  private static String link(String name) {
    return "[" + name + "](types.md)";
  }

  private static String fallback(JsonNode own) {
    JsonNode fallback = own.path("default");
    return fallback.isMissingNode()
        ? ""
        : "`" + (fallback.isValueNode() ? fallback.asText() : fallback) + "`";
  }

  private static String bounds(JsonNode own) {
    StringBuilder bounds = new StringBuilder();
    if (own.has("minimum")) {
      bounds.append(
          " (%s to %s)".formatted(own.path("minimum").asText(), own.path("maximum").asText()));
    }
    if (own.has("maxItems")) {
      bounds.append(" (at most %s)".formatted(own.path("maxItems").asText()));
    }
    return bounds.toString();
  }

  private JsonNode resolved(JsonNode own) {
    String reference = own.path("$ref").asText("");
    return reference.isEmpty() ? own : common.at(reference.substring(reference.indexOf('#') + 1));
  }

  private static String values(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false)
        .map(value -> "`" + (value.isValueNode() ? value.asText() : value) + "`")
        .collect(Collectors.joining(", "));
  }

  private static String cell(String text) {
    return text.replace("|", "\\|");
  }
}
