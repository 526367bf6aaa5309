package dev.fjord.load.yaml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.fjord.problem.Location;
import dev.fjord.problem.Problem;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.MappingStartEvent;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.events.SequenceStartEvent;

/**
 * Builds trees from a parser's events. From events, not from SnakeYAML's nodes: a limit then stops
 * the parser itself, nesting costs no stack, and the parser's buffers, which its nodes hold on to,
 * go with it.
 */
final class TreeBuilder {
  private static final int MOST_DOCUMENTS = 200;
  private static final int MOST_NODES = 50_000;
  private static final int DEEPEST = 40;
  private static final int LONGEST_KEY = 256;
  private static final int MOST_PROBLEMS = 20;

  private final String file;
  private final List<YamlDocument> documents = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();
  private final Deque<Container> open = new ArrayDeque<>();
  private @Nullable Place root;
  private JsonNode rootNode = NullNode.getInstance();
  private boolean whole = true;
  private boolean atEnd = true;
  private int nodes;

  /** A mapping or sequence that has begun; {@code key} is set between a field's name and value. */
  private static final class Container {
    private final JsonNode node;
    private final Place place;
    private @Nullable String key;
    private @Nullable Location keyAt;

    private Container(JsonNode node, Place place) {
      this.node = node;
      this.place = place;
    }

    private boolean wantsKey() {
      return node.isObject() && key == null;
    }
  }

  TreeBuilder(String file) {
    this.file = file;
  }

  /** What was built; {@code fault} is what ended it early. */
  YamlFile finish(List<Problem> fault) {
    problems.addAll(fault);
    return new YamlFile(documents, problems, fault.isEmpty() && atEnd);
  }

  void accept(Event event) {
    Location at =
        new Location(
            file, event.getStartMark().getLine() + 1, event.getStartMark().getColumn() + 1);
    switch (event.getEventId()) {
      case DocumentStart -> begin(at);
      case DocumentEnd -> end();
      case MappingStart, SequenceStart, Scalar, Alias -> node((NodeEvent) event, at);
      case MappingEnd, SequenceEnd -> open.pop();
      case StreamStart, StreamEnd, Comment -> {}
    }
  }

  private void begin(Location at) {
    if (documents.size() == MOST_DOCUMENTS) {
      throw YamlFault.of(
          "too-many-documents",
          "the file holds more than " + MOST_DOCUMENTS + " documents",
          "split it",
          at);
    }
    root = null;
    whole = true;
    atEnd = false;
  }

  private void end() {
    if (root != null) {
      documents.add(new YamlDocument(rootNode, root, whole));
    }
    atEnd = true;
  }

  private void node(NodeEvent event, Location at) {
    if (++nodes > MOST_NODES) {
      throw YamlFault.of(
          "too-many-values",
          "the file holds more than %,d values".formatted(MOST_NODES),
          "split it",
          at);
    }
    if (event.getAnchor() != null && !(event instanceof AliasEvent)) {
      refuse("anchor", "anchors (&) are not used here", "write the value where it is needed", at);
    }
    Container parent = open.peek();
    if (parent != null && parent.wantsKey()) {
      key(parent, event, at);
    } else {
      value(parent, event, at);
    }
  }

  private void key(Container parent, NodeEvent event, Location at) {
    if (!(event instanceof ScalarEvent scalar)) {
      throw YamlFault.of(
          "malformed-yaml",
          "a field's name is a mapping, a list or an alias",
          "a name is plain text; text that begins with '{', '[' or '*' needs quotes",
          at);
    }
    String key = scalar.getValue();
    if (key.length() > LONGEST_KEY) {
      throw YamlFault.of(
          "too-long",
          "a field's name has more than " + LONGEST_KEY + " characters: " + Printable.quote(key),
          "no field of fjord has such a name",
          at);
    }
    if (scalar.isPlain() && key.equals("<<")) {
      refuse("merge-key", "merge keys (<<) are not used here", "write the fields out", at);
    } else if (parent.node.has(key)) {
      Place first = parent.place.child(key);
      String where = first == null ? "" : ", first at line " + first.keyAt().line();
      report(
          Problem.of(
                  "duplicate-field", "the field " + Printable.quote(key) + " is here twice" + where)
              .hint("keep one of them")
              .at(at));
    }
    parent.key = key;
    parent.keyAt = at;
  }

  private void value(@Nullable Container parent, NodeEvent event, Location at) {
    JsonNode node = tree(event, at);
    Location keyAt = parent == null || parent.keyAt == null ? at : parent.keyAt;
    Place place = new Place(at, keyAt);
    if (parent == null) {
      rootNode = node;
      root = place;
    } else if (parent.node instanceof ArrayNode array) {
      array.add(node);
      parent.place.addItem(place);
    } else if (parent.node instanceof ObjectNode object && parent.key != null) {
      object.putIfAbsent(parent.key, node);
      parent.place.putField(parent.key, place);
      parent.key = null;
    }
    if (node.isContainerNode()) {
      open.push(new Container(node, place));
      refuseDepth(at);
    }
  }

  private JsonNode tree(NodeEvent event, Location at) {
    return switch (event) {
      case ScalarEvent scalar -> {
        refuseTag(scalar.getTag(), at);
        yield scalar.isPlain()
            ? CoreSchema.typed(scalar.getValue())
            : TextNode.valueOf(scalar.getValue());
      }
      case MappingStartEvent mapping -> {
        refuseTag(mapping.getTag(), at);
        yield JsonNodeFactory.instance.objectNode();
      }
      case SequenceStartEvent sequence -> {
        refuseTag(sequence.getTag(), at);
        yield JsonNodeFactory.instance.arrayNode();
      }
      default -> {
        refuse("alias", "aliases (*) are not used here", "write the value out", at);
        yield NullNode.getInstance();
      }
    };
  }

  private void refuseTag(@Nullable String tag, Location at) {
    if (tag != null) {
      refuse(
          "tag",
          "tags ("
              + Printable.line(tag.replace("tag:yaml.org,2002:", "!!"))
              + ") are not used here",
          "leave it out",
          at);
    }
  }

  private void refuseDepth(Location at) {
    if (open.size() > DEEPEST) {
      throw YamlFault.of(
          "too-deep",
          "values lie more than " + DEEPEST + " deep in each other",
          "nothing of fjord is as deep",
          at);
    }
  }

  private void refuse(String code, String summary, String hint, Location at) {
    whole = false;
    report(Problem.of(code, summary).hint(hint).at(at));
  }

  private void report(Problem problem) {
    if (problems.size() == MOST_PROBLEMS) {
      throw new YamlFault(
          Problem.of("too-many-problems", "the rest of the file was not read")
              .at(problem.location()));
    }
    problems.add(problem);
  }
}
