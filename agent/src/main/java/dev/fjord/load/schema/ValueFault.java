package dev.fjord.load.schema;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fjord.problem.Nearest;
import dev.fjord.problem.Printable;
import dev.fjord.problem.Problem;
import java.util.ArrayList;
import java.util.List;

/**
 * A value that does not fit.
 *
 * @param prefix which value it is, with a colon
 */
record ValueFault(Shape shape, JsonNode value, String prefix) {

  Problem told(String keyword) {
    return switch (keyword) {
      case "type", "pattern" ->
          value.isNull() ? empty() : shape.title().isEmpty() ? type() : typed();
      case "enum", "const" -> choice();
      case "minimum" -> bound("less than " + limit(keyword));
      case "maximum" -> bound("more than " + limit(keyword));
      case "maxLength" -> problem(shown() + " has more than " + limit(keyword) + " characters");
      case "minItems" -> problem("the list holds fewer than " + limit(keyword));
      case "maxItems" ->
          problem(
              "the list holds "
                  + value.size()
                  + ", and at most "
                  + limit(keyword)
                  + " are possible");
      case "maxProperties" ->
          problem("it holds " + value.size() + ", and at most " + limit(keyword) + " are possible");
      case "uniqueItems" -> problem("the list holds something twice");
      case "propertyNames" ->
          problem("a key in it is not one")
              .hint(shape.type().path("propertyNames").path("description").asText());
      default -> problem("it does not fit (" + keyword + ")");
    };
  }

  private Problem empty() {
    return problem("there is no value")
        .hint(shape.title().isEmpty() ? "write one, or leave the field out" : shape.hint());
  }

  /** A value with a type of fjord's own: a size, a name. */
  private Problem typed() {
    String title = shape.title();
    if (title.equals("size") && value.isNumber()) {
      return problem(
          value.asText()
              + " is not a size: write its unit, such as "
              + (value.isIntegralNumber() ? SizeAdvice.ofBare(value.bigIntegerValue()) : "128MiB"));
    }
    Problem problem = problem(shown() + " is not " + article(title));
    String advice = title.equals("size") ? SizeAdvice.of(value.asText()) : null;
    if (advice == null && value.isNumber() && title.equals("text")) {
      advice = "put it in quotes";
    }
    return problem.hint(advice == null ? shape.hint() : advice);
  }

  private Problem type() {
    String wanted = shape.type().path("type").asText("value");
    String name =
        switch (wanted) {
          case "object" -> "a mapping of fields to values";
          case "array" -> "a list";
          case "integer" -> "a whole number";
          default -> article(wanted);
        };
    Problem problem = problem(shown() + " is not " + name);
    return wanted.equals("array")
        ? problem.hint("write [ ] around it, or '- ' before each item")
        : problem;
  }

  private Problem choice() {
    List<String> choices = new ArrayList<>();
    shape.type().path("enum").forEach(choice -> choices.add(choice.asText()));
    if (shape.type().has("const")) {
      choices.add(shape.type().path("const").asText());
    }
    if (value.isNull()) {
      return problem("there is no value").hint("write one of " + String.join(", ", choices));
    }
    Problem problem =
        problem(
            choices.size() == 1
                ? shown() + " is not '" + choices.get(0) + "', the only choice"
                : shown() + " is not one of " + String.join(", ", choices));
    String nearest = Nearest.hint(value.asText(), choices);
    return nearest == null ? problem : problem.hint(nearest);
  }

  private Problem bound(String relation) {
    return problem(shown() + " is " + relation);
  }

  private Problem problem(String text) {
    return Problem.of("bad-value", prefix + text);
  }

  private String limit(String keyword) {
    return shape.own().path(keyword).asText(shape.type().path(keyword).asText());
  }

  /** The value, as far as a line can show it. */
  private String shown() {
    if (value.isContainerNode()) {
      return value.isArray() ? "a list" : "a mapping";
    }
    return value.isTextual() ? Printable.quote(value.asText()) : Printable.clause(value.asText());
  }

  private static String article(String noun) {
    return ("aeiouI".indexOf(noun.charAt(0)) >= 0 ? "an " : "a ") + noun;
  }
}
