package dev.fjord.host.linux.network;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fjord.model.Digest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Tables as {@code nft -j} lists them.
 *
 * @param families that have a table of fjord's name
 */
record TableListing(List<String> families, List<JsonNode> entries) {
  TableListing {
    families = List.copyOf(families);
    entries = List.copyOf(entries);
  }

  static TableListing of(Nft nft) {
    List<String> families = new ArrayList<>();
    List<JsonNode> entries = new ArrayList<>();
    for (String family : Ruleset.FAMILIES) {
      List<JsonNode> there = nft.list(family);
      if (there != null) {
        families.add(family);
        entries.addAll(there);
      }
    }
    return new TableListing(families, entries);
  }

  /**
   * What is asked of them.
   *
   * @param foreign as of {@link TableListing#foreign}
   */
  record Told(Digest digest, SpoofCounts counts, List<String> foreign) {
    Told {
      foreign = List.copyOf(foreign);
    }
  }

  Told told() {
    return new Told(digest(), counts(), foreign());
  }

  /** Families whose table of fjord's name was not made by fjord. */
  List<String> foreign() {
    List<String> ours =
        entries.stream()
            .map(entry -> entry.path("chain"))
            .filter(chain -> chain.path("name").asText().equals(Ruleset.MARK))
            .map(chain -> chain.path("family").asText())
            .toList();
    return families.stream().filter(family -> !ours.contains(family)).toList();
  }

  SpoofCounts counts() {
    return SpoofCounts.parse(sets());
  }

  private Stream<JsonNode> sets() {
    return entries.stream().map(entry -> entry.path("set"));
  }

  /**
   * Of what was set, without what changes by itself: handles, counters, who was limited lately. The
   * order of elements has no meaning, that of rules has.
   */
  Digest digest() {
    StringBuilder text = new StringBuilder();
    entries.stream()
        .filter(entry -> !entry.has("metainfo"))
        .forEach(entry -> text.append(bare(entry.deepCopy())).append('\n'));
    return Digest.ofText(text.toString());
  }

  private static JsonNode bare(JsonNode node) {
    if (node instanceof ObjectNode object) {
      object.remove("handle");
      if (object.has("counter") && object.path("counter").isObject()) {
        object.put("counter", true);
      }
      if (isFilledByRules(object)) {
        object.remove("elem");
      }
      object.forEach(TableListing::bare);
      if (object.path("elem") instanceof ArrayNode elements) {
        List<JsonNode> sorted = new ArrayList<>();
        elements.forEach(sorted::add);
        sorted.sort(Comparator.comparing(JsonNode::toString));
        elements.removeAll().addAll(sorted);
      }
    } else {
      node.forEach(TableListing::bare);
    }
    return node;
  }

  /** nft 1.0.6 does not print their flag "dynamic"; what fjord sets itself never expires. */
  private static boolean isFilledByRules(ObjectNode object) {
    for (JsonNode flag : object.path("flags")) {
      if (flag.asText().equals("dynamic") || flag.asText().equals("timeout")) {
        return true;
      }
    }
    return false;
  }
}
