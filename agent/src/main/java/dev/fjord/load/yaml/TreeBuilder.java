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
  private final String file;
  private final List<YamlDocument> documents = new ArrayList<>();
  private final Refusals refusals = new Refusals();
  private final Deque<Container> open = new ArrayDeque<>();
  private @Nullable LocatedNode root;
  private JsonNode rootNode = NullNode.getInstance();
  private boolean atEnd = true;

  /** A mapping or sequence that has begun; {@code key} is set between a field's name and value. */
  private static final class Container {
    private final JsonNode node;
    private final LocatedNode place;
    private @Nullable String key;
    private @Nullable Location keyAt;

    private Container(JsonNode node, LocatedNode place) {
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
    List<Problem> problems = new ArrayList<>(refusals.problems());
    problems.addAll(fault);
    return new YamlFile(documents, problems, fault.isEmpty() && atEnd, refusals.values());
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
    refusals.beginDocument(at);
    root = null;
    atEnd = false;
  }

  private void end() {
    if (root != null) {
      documents.add(new YamlDocument(rootNode, root, refusals.nothingLeftOut()));
    }
    atEnd = true;
  }

  private void node(NodeEvent event, Location at) {
    refusals.count(at);
    if (event.getAnchor() != null && !(event instanceof AliasEvent)) {
      refusals.leaveOut(
          "anchor", "anchors (&) are not used here", "write the value where it is needed", at);
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
    refusals.longKey(key, at);
    if (scalar.isPlain() && key.equals("<<")) {
      refusals.leaveOut(
          "merge-key", "merge keys (<<) are not used here", "write the fields out", at);
    } else if (parent.node.has(key)) {
      refusals.duplicate(key, parent.place.child(key), at);
    }
    parent.key = key;
    parent.keyAt = at;
  }

  private void value(@Nullable Container parent, NodeEvent event, Location at) {
    JsonNode node = tree(event, at);
    Location keyAt = parent == null || parent.keyAt == null ? at : parent.keyAt;
    LocatedNode place = new LocatedNode(at, keyAt);
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
      refusals.depth(open.size(), at);
    }
  }

  private JsonNode tree(NodeEvent event, Location at) {
    return switch (event) {
      case ScalarEvent scalar -> {
        refusals.tag(scalar.getTag(), at);
        yield scalar.isPlain()
            ? CoreSchema.typed(scalar.getValue())
            : TextNode.valueOf(scalar.getValue());
      }
      case MappingStartEvent mapping -> {
        refusals.tag(mapping.getTag(), at);
        yield JsonNodeFactory.instance.objectNode();
      }
      case SequenceStartEvent sequence -> {
        refusals.tag(sequence.getTag(), at);
        yield JsonNodeFactory.instance.arrayNode();
      }
      default -> {
        refusals.leaveOut("alias", "aliases (*) are not used here", "write the value out", at);
        yield NullNode.getInstance();
      }
    };
  }
}
