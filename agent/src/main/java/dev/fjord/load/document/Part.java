package dev.fjord.load.document;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fjord.load.yaml.LocatedNode;
import dev.fjord.problem.Location;
import dev.fjord.problem.Printable;
import dev.fjord.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A value of a document that has been held against its schema. What the schema could not check is
 * checked while reading; a wrong value reads as if it were absent.
 */
public final class Part {
  private final JsonNode node;
  private final LocatedNode place;
  private final String path;
  private final Origin origin;

  /** Of which document a part is, and where its problems go. */
  private record Origin(String subject, Consumer<Problem> problems) {}

  private Part(JsonNode node, LocatedNode place, String path, Origin origin) {
    this.node = node;
    this.place = place;
    this.path = path;
    this.origin = origin;
  }

  /**
   * A whole document.
   *
   * @param subject what it is called in problems: {@code Instance linda}
   */
  public static Part root(
      JsonNode node, LocatedNode place, String subject, Consumer<Problem> problems) {
    return new Part(node, place, "", new Origin(subject, problems));
  }

  public Part field(String name) {
    LocatedNode below = place.child(name);
    return new Part(
        node.path(name),
        below == null ? place : below,
        path.isEmpty() ? name : path + "." + name,
        origin);
  }

  public List<Part> items() {
    List<Part> items = new ArrayList<>(node.size());
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      LocatedNode below = place.child(i);
      items.add(
          new Part(node.path(i), below == null ? place : below, path + "[" + i + "]", origin));
    }
    return items;
  }

  public Location at() {
    return place.at();
  }

  /** Whether there is a value, and a right one as far as the schema knows. */
  public boolean isGiven() {
    return !node.isMissingNode() && !node.isNull();
  }

  /** Whether the document says nothing here; a wrong value is something. */
  public boolean isAbsent() {
    return node.isMissingNode();
  }

  /** The value as text, or null. */
  public @Nullable String text() {
    return node.isTextual() ? node.textValue() : null;
  }

  public int integer(int otherwise) {
    // A whole number may be written 3.0: JSON Schema takes it for an integer.
    return node.isNumber() ? (int) node.asLong() : otherwise;
  }

  public boolean bool(boolean otherwise) {
    return node.isBoolean() ? node.booleanValue() : otherwise;
  }

  public double number(double otherwise) {
    return node.isNumber() ? node.doubleValue() : otherwise;
  }

  /**
   * The value as {@code parse} reads it, or null.
   *
   * @param parse throws IllegalArgumentException with a message for people
   */
  public <T> @Nullable T read(Function<String, T> parse) {
    String text = text();
    if (text == null) {
      return null;
    }
    try {
      return parse.apply(text);
    } catch (IllegalArgumentException e) {
      report("bad-value", Printable.clause(String.valueOf(e.getMessage())), null);
      return null;
    }
  }

  /** As {@link #read}, with the place. */
  public <T> @Nullable Said<T> say(Function<String, T> parse) {
    T value = read(parse);
    return value == null ? null : new Said<>(value, at());
  }

  /** Reports what is wrong with this value. */
  public void report(String code, String what, @Nullable String hint) {
    Problem problem = Problem.of(code, path + " of " + origin.subject + ": " + what).at(at());
    origin.problems.accept(hint == null ? problem : problem.hint(hint));
  }
}
