package dev.fjord.host.linux.network;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fjord.json.ModelJson;
import dev.fjord.problem.Problem;
import dev.fjord.process.Command;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * nft(8) in one network namespace.
 *
 * @param prefix as of {@link IpCommand}
 */
record Nft(List<String> prefix) {
  /** What nft(8) says of a table that is not there; newer versions go on with a suggestion. */
  private static final String ABSENT = "Error: No such file or directory";

  Nft {
    prefix = List.copyOf(prefix);
  }

  /**
   * Everything in the table of fjord's name in a family, whether or not fjord made it; null when
   * there is none. A call for each family: of two lists in one call nft(8) 1.0.6 finds the last
   * table alone.
   */
  @Nullable List<JsonNode> list(String family) {
    Command.Output output = command("nft", "-j", "list", "table", family, Ruleset.NAME).run();
    if (output.exit() == 0) {
      return parse(family, output.text());
    }
    if (output.error().startsWith(ABSENT)) {
      return null;
    }
    throw Problem.of("filters-unreadable", "looking at filters with 'nft' failed")
        .detail(family + ": " + beginning(output.error()))
        .asException();
  }

  /**
   * Every chain of every table, fjord's or not, without its rules; none where nft(8) does not list
   * them.
   */
  List<JsonNode> chains() {
    Command.Output output = command("nft", "-j", "list", "chains").run();
    return output.exit() == 0 ? parse("chains", output.text()) : List.of();
  }

  /** All of a table; nothing where it is gone. Only root names tables. */
  List<JsonNode> table(String family, String name) {
    Command.Output output = command("nft", "-j", "list", "table", family, name).run();
    return output.exit() == 0 ? parse(family, output.text()) : List.of();
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

  private static List<JsonNode> parse(String family, String text) {
    try {
      List<JsonNode> entries = new ArrayList<>();
      ModelJson.mapper().readTree(text).path("nftables").forEach(entries::add);
      return entries;
    } catch (IOException e) {
      throw Problem.of("filters-unreadable", "the output of 'nft -j' could not be understood")
          .detail(family + ": " + e.getMessage())
          .asException(e);
    }
  }

  private Command command(String... words) {
    return Command.of(Stream.concat(prefix.stream(), Stream.of(words)).toList());
  }

  private static String beginning(String text) {
    return text.strip().lines().limit(12).collect(Collectors.joining("\n"));
  }
}
