package dev.fjord.host.linux.network;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Obstacle;
import dev.fjord.model.Obstacle.Ruler;
import dev.fjord.model.Obstacle.Way;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The tables of nftables that are not fjord's, those of iptables-nft(8) among them, and what they
 * do with packets that a switch is to pass. Each chain of a hook has to let a packet through; an
 * accept in one says nothing to the next. Rules of iptables-legacy(8) are not shown here.
 */
final class OtherTables {
  private static final Set<String> HOOKS = Set.of("forward", "input");

  private final Map<String, Table> tables = new LinkedHashMap<>();
  private final List<Base> bases = new ArrayList<>();

  private record Base(Table table, String chain, String hook, String policy) {}

  /** One table. */
  static final class Table {
    final String family;
    final String name;
    final Map<String, List<JsonNode>> chains = new HashMap<>();
    final Map<String, JsonNode> maps = new HashMap<>();

    private Table(String family, String name) {
      this.family = family;
      this.name = name;
    }
  }

  private OtherTables() {}

  /** Those that have a chain through which packets of switches go. */
  static OtherTables of(Nft nft) {
    OtherTables all = new OtherTables();
    for (JsonNode entry : nft.chains()) {
      JsonNode chain = entry.path("chain");
      String family = chain.path("family").asText();
      String name = chain.path("table").asText();
      boolean concerns =
          HOOKS.contains(chain.path("hook").asText())
              && chain.path("type").asText().equals("filter")
              && Set.of("ip", "ip6", "inet").contains(family);
      if (concerns && !name.equals(Ruleset.NAME)) {
        Table table =
            all.tables.computeIfAbsent(family + " " + name, none -> new Table(family, name));
        all.bases.add(
            new Base(
                table,
                chain.path("name").asText(),
                chain.path("hook").asText(),
                chain.path("policy").asText("accept")));
      }
    }
    all.tables.values().forEach(table -> fill(table, nft.table(table.family, table.name)));
    return all;
  }

  boolean isEmpty() {
    return bases.isEmpty();
  }

  private static void fill(Table table, List<JsonNode> entries) {
    for (JsonNode entry : entries) {
      JsonNode chain = entry.path("chain");
      JsonNode rule = entry.path("rule");
      JsonNode map = entry.path("map");
      if (chain.isObject()) {
        table.chains.computeIfAbsent(chain.path("name").asText(), none -> new ArrayList<>());
      } else if (rule.isObject()) {
        table
            .chains
            .computeIfAbsent(rule.path("chain").asText(), none -> new ArrayList<>())
            .add(rule.path("expr"));
      } else if (map.isObject()) {
        table.maps.put(map.path("name").asText(), map.path("elem"));
      }
    }
  }

  /**
   * What stands in the way of a switch.
   *
   * @param bridge null for one that no rule names; fjord's own names begin with {@code fj-}
   * @param uplink by which packets leave
   * @param shown whether br_netfilter shows frames between guests to these tables
   */
  List<Obstacle> of(@Nullable InterfaceName bridge, String uplink, boolean shown) {
    List<Obstacle> found = new ArrayList<>();
    String here = bridge == null ? "fj-any" : bridge.value();
    for (boolean six : List.of(false, true)) {
      Obstacle out =
          first(Way.OUT, bridge, "forward", new Passing(here, uplink, six, "tcp", 0, true, false));
      add(found, out);
      if (out == null) {
        Passing back = new Passing(uplink, here, six, "tcp", 0, false, false);
        add(found, first(Way.BACK, bridge, "forward", back));
      }
      Passing in = new Passing(uplink, here, six, "tcp", 0, true, true);
      add(found, first(Way.IN, bridge, "forward", in));
      if (shown) {
        Passing between = new Passing(here, here, six, "tcp", 0, true, false);
        add(found, first(Way.BETWEEN, bridge, "forward", between));
      }
      Passing question = new Passing(here, "", six, "udp", 53, true, false);
      add(found, first(Way.NAMES, bridge, "input", question));
    }
    return found;
  }

  private static void add(List<Obstacle> all, @Nullable Obstacle one) {
    if (one != null) {
      all.add(one);
    }
  }

  private @Nullable Obstacle first(
      Way way, @Nullable InterfaceName bridge, String hook, Passing packet) {
    for (Base base : bases) {
      boolean sees =
          base.table.family.equals("inet") || base.table.family.equals(packet.six() ? "ip6" : "ip");
      if (base.hook.equals(hook) && sees) {
        PacketWalk walk = new PacketWalk(base.table, packet);
        PacketWalk.End end = walk.through(base.chain, base.policy);
        if (end.dropped() && !walk.mayPass()) {
          return new Obstacle(
              way,
              bridge,
              packet.six(),
              "table " + base.table.family + " " + base.table.name + ", chain " + end.chain(),
              end.rule(),
              !walk.mayPassUnseen(),
              ruler(base.table, end.chain()));
        }
      }
    }
    return null;
  }

  private static Ruler ruler(Table table, String chain) {
    Set<String> chains = new TreeSet<>(table.chains.keySet());
    if (chain.startsWith("ufw")) {
      return Ruler.UFW;
    } else if (table.name.equals("firewalld")) {
      return Ruler.FIREWALLD;
    } else if (chains.contains("DOCKER-USER")) {
      return Ruler.DOCKER;
    }
    return chains.stream().anyMatch(name -> name.startsWith("ufw-") || name.startsWith("ufw6-"))
        ? Ruler.UFW
        : Ruler.OTHER;
  }
}
