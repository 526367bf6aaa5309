package dev.fjord.e2e;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;

/** How a command of fjord ended, and what it printed. */
record Run(int exit, String text, String error) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  JsonNode json() {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError("this is no JSON: " + this, e);
    }
  }

  /** The plan of {@code plan} and of {@code apply}. */
  JsonNode plan() {
    var json = json();
    return json.has("plan") ? json.get("plan") : json;
  }

  /** Each change as {@code action kind/name}, but the filters': they follow from the others. */
  List<String> changes() {
    return withFilters().stream().filter(change -> !change.equals("update filter/fjord")).toList();
  }

  /** Every change as {@code action kind/name}. */
  List<String> withFilters() {
    var changes = new ArrayList<String>();
    for (var change : plan().path("changes")) {
      changes.add(
          change.path("action").asText()
              + " "
              + change.path("kind").asText()
              + "/"
              + change.path("name").asText());
    }
    return changes;
  }

  /** The only change of a plan that must have one. */
  JsonNode change() {
    JsonNode only = null;
    for (var change : plan().path("changes")) {
      if (!change.path("kind").asText().equals("filter")) {
        only = only == null ? change : MAPPER.nullNode();
      }
    }
    if (only == null || only.isNull()) {
      throw new AssertionError("not one change: " + changes());
    }
    return only;
  }

  /** Each field of the only change as {@code path: from -> to}. */
  List<String> fields() {
    var fields = new ArrayList<String>();
    for (var field : change().path("fields")) {
      fields.add(
          field.path("path").asText()
              + ": "
              + field.path("from").asText()
              + " -> "
              + field.path("to").asText());
    }
    return fields;
  }

  @Override
  public String toString() {
    return "exit " + exit + "\n" + text + "\n" + error;
  }
}
