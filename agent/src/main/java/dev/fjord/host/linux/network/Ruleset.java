package dev.fjord.host.linux.network;

import dev.fjord.model.Digest;
import dev.fjord.model.Filters;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All of fjord's tables, each called {@link #NAME}, as one transaction for nft(8).
 *
 * @param content what is between the braces of the table of a family
 */
record Ruleset(SortedMap<String, String> content) {
  static final String NAME = "fjord";

  /** Families in which fjord may have a table. */
  static final List<String> FAMILIES = List.of("bridge", "inet");

  /**
   * The mark of a table of fjord's: a chain of this name. A comment would do as well, and is there
   * for people, but {@code nft -j} lists those of tables only from 1.0.8 on.
   */
  static final String MARK = "made_by_fjord";

  Ruleset {
    content = new TreeMap<>(content);
  }

  /** The tables that filter so; none where nothing is connected. */
  static Ruleset of(Filters filters, SpoofCounts counts) {
    TreeMap<String, String> content = new TreeMap<>();
    if (!filters.switches().isEmpty() || !filters.ports().isEmpty()) {
      content.put("bridge", BridgeTable.of(filters, counts) + RateChains.of(filters));
      content.put("inet", InetTable.of(filters));
    }
    return new Ruleset(content);
  }

  /** Whether these filters, and no others, are made into this text by this version of fjord. */
  static Digest digest(Filters filters) {
    return Digest.ofText(of(filters, SpoofCounts.NONE).script());
  }

  /**
   * Replaces whatever tables there are, all at once.
   *
   * <p>A table is added before it is deleted, since deleting one that is not there is an error.
   */
  String script() {
    StringBuilder text = new StringBuilder();
    for (String family : FAMILIES) {
      String table = "table " + family + " " + NAME;
      text.append("add ").append(table).append("\ndelete ").append(table).append('\n');
      String inside = content.get(family);
      if (inside != null) {
        text.append(table)
            .append(" {\ncomment \"fjord:filters\"\nchain ")
            .append(MARK)
            .append(" {\n}\n")
            .append(inside)
            .append("}\n");
      }
    }
    return text.toString();
  }
}
