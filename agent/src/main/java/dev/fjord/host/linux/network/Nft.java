package dev.fjord.host.linux.network;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import dev.fjord.json.ModelJson;
import dev.fjord.problem.Problem;
import dev.fjord.process.Command;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * nft(8) in one network namespace.
 *
 * @param prefix as of {@link IpCommand}
 */
record Nft(List<String> prefix) {
  Nft {
    prefix = List.copyOf(prefix);
  }

  /** Families that have a table of fjord's name, whoever made it. */
  List<String> families() {
    return look(List.of("tables"), "nft", "-j", "list", "tables").stream()
        .map(entry -> entry.path("table"))
        .filter(table -> table.path("name").asText().equals(Ruleset.NAME))
        .map(table -> table.path("family").asText())
        .filter(Ruleset.FAMILIES::contains)
        .sorted()
        .toList();
  }

  /**
   * Everything in the tables of fjord's name in these families; they exist. A call for each: of two
   * lists in one call nft(8) 1.0.6 finds the last table alone.
   */
  List<JsonNode> list(List<String> families) {
    return families.stream()
        .flatMap(family ->
            look(List.of(family), "nft", "-j", "list", "table", family, Ruleset.NAME).stream())
        .toList();
  }

  /** Carries out a script as a whole, or not at all. */
  void change(String script) {
    Command.Output output = command("nft", "-f", "-").input(script).run();
    if (output.exit() != 0) {
      throw Problem.of("filters-failed", "setting the filters with 'nft' failed")
          .detail(beginning(output.error()))
          .hint(
              "The filters are as they were, and nobody is started without. 'fjord doctor' looks"
                  + " whether this host can filter.")
          .asException();
    }
  }

  /** Only looks whether a script could be carried out. */
  void check(String script) {
    command("nft", "-c", "-f", "-").input(script).output();
  }

  private List<JsonNode> look(List<String> what, String... words) {
    String text = command(words).output();
    List<JsonNode> entries = new ArrayList<>();
    // Each of several commands prints an object of its own.
    try (JsonParser parser = ModelJson.mapper().createParser(text)) {
      while (parser.nextToken() != null) {
        JsonNode printed = parser.readValueAsTree();
        printed.path("nftables").forEach(entries::add);
      }
    } catch (IOException | RuntimeException e) {
      throw Problem.of("filters-unreadable", "the output of 'nft -j' could not be understood")
          .detail(what + ": " + e.getMessage())
          .asException(e);
    }
    return entries;
  }

  private Command command(String... words) {
    return Command.of(Stream.concat(prefix.stream(), Stream.of(words)).toList());
  }

  private static String beginning(String text) {
    return text.strip().lines().limit(12).collect(Collectors.joining("\n"));
  }
}
