package dev.fjord.host.linux.network;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A packet's way through the rules of one table, as {@code nft -j} lists them
 * (libnftables-json(5)). Only some properties of a packet are known, so a rule matches, does not
 * match, or may match. A rule that may let a packet pass is noted, so that a rule is not reported
 * as an obstacle without being one.
 */
final class PacketWalk {
  private static final int DEEPEST = 16; // NFT_JUMP_STACK_SIZE of the kernel.
  private static final int MOST_RULES = 20_000;
  private static final Set<String> VERDICTS =
      Set.of("accept", "drop", "reject", "return", "jump", "goto");

  private final OtherTables.Table table;
  private final Passing packet;
  private int rules;
  private boolean mayPass;
  private boolean mayPassUnseen;

  PacketWalk(OtherTables.Table table, Passing packet) {
    this.table = table;
    this.packet = packet;
  }

  /**
   * Where it ended.
   *
   * @param rule what took it there, in words; empty where nothing did
   */
  record End(boolean decided, boolean dropped, String chain, String rule) {
    private static final End GOES_ON = new End(false, false, "", "");
    private static final End ACCEPTED = new End(true, false, "", "");
  }

  private enum Match {
    YES,
    NO,
    MAYBE,
    /** By what nft(8) does not show: extensions of iptables(8). */
    UNSEEN
  }

  /** Whether a rule that it may match lets it through. */
  boolean mayPass() {
    return mayPass;
  }

  /** Whether a rule does so of which not all can be seen. */
  boolean mayPassUnseen() {
    return mayPassUnseen;
  }

  /** From a chain of a hook to the end. */
  End through(String chain, String policy) {
    End end = chain(chain, 0);
    if (end.decided()) {
      return end;
    }
    return policy.equals("drop") ? new End(true, true, chain, "policy drop") : End.ACCEPTED;
  }

  private End chain(String name, int depth) {
    for (JsonNode rule : table.chains.getOrDefault(name, List.of())) {
      if (++rules > MOST_RULES || depth > DEEPEST) {
        mayPass = true; // Too much to look through: nothing is claimed.
        return End.ACCEPTED;
      }
      Match match = match(rule);
      JsonNode verdict = match == Match.NO ? null : verdict(rule);
      if (verdict == null) {
        continue;
      }
      End end = follow(name, verdict, depth);
      boolean returns = verdict.has("return") || verdict.has("goto");
      if (match == Match.YES && (end.decided() || returns)) {
        return end;
      }
      if (match != Match.YES && (end.decided() && !end.dropped() || verdict.has("return"))) {
        mayPass |= match == Match.MAYBE;
        mayPassUnseen = true;
      }
    }
    return End.GOES_ON;
  }

  private End follow(String chain, JsonNode verdict, int depth) {
    if (verdict.has("accept")) {
      return End.ACCEPTED;
    } else if (verdict.has("drop") || verdict.has("reject")) {
      return new End(true, true, chain, verdict.has("drop") ? "drop" : "reject");
    }
    for (String way : List.of("jump", "goto")) {
      if (verdict.has(way)) {
        return chain(verdict.path(way).path("target").asText(), depth + 1);
      }
    }
    return End.GOES_ON;
  }

  /** What a rule does with what matches; null where it does nothing of concern here. */
  private @Nullable JsonNode verdict(JsonNode rule) {
    for (JsonNode part : rule) {
      for (String verdict : VERDICTS) {
        if (part.has(verdict)) {
          return part;
        }
      }
      if (part.has("vmap")) {
        JsonNode found = mapped(part.path("vmap"));
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }

  private @Nullable JsonNode mapped(JsonNode vmap) {
    JsonNode data = vmap.path("data");
    JsonNode elements =
        data.isTextual() ? table.maps.get(data.asText().replaceFirst("^@", "")) : data.path("set");
    if (elements == null) {
      return null;
    }
    for (JsonNode element : elements) {
      Match match = compare(vmap.path("key"), element.path(0));
      if (match == Match.YES) {
        return element.path(1);
      }
      if (match != Match.NO) {
        mayPass |= !element.path(1).has("drop");
      }
    }
    return null;
  }

  private Match match(JsonNode rule) {
    Match all = Match.YES;
    for (JsonNode part : rule) {
      Match one = Match.YES;
      if (part.has("match")) {
        JsonNode match = part.path("match");
        one = compare(match.path("left"), match.path("right"));
        if (match.path("op").asText().equals("!=")) {
          one = one == Match.YES ? Match.NO : one == Match.NO ? Match.YES : one;
        }
      } else if (part.has("xt")) {
        one = part.path("xt").path("type").asText("match").equals("match") ? Match.UNSEEN : one;
      } else if (part.has("limit") || part.has("quota") || part.has("ct count")) {
        one = Match.MAYBE;
      }
      if (one == Match.NO) {
        return Match.NO;
      }
      all = all == Match.YES ? one : one == Match.MAYBE ? Match.MAYBE : all;
    }
    return all;
  }

  private Match compare(JsonNode left, JsonNode right) {
    String meta = left.path("meta").path("key").asText();
    String ct = left.path("ct").path("key").asText();
    JsonNode payload = left.path("payload");
    if (meta.equals("iifname") || meta.equals("iif")) {
      return name(packet.in(), right);
    } else if (meta.equals("oifname") || meta.equals("oif")) {
      return packet.out().isEmpty() ? Match.NO : name(packet.out(), right);
    } else if (meta.equals("nfproto")) {
      return one(packet.six() ? "ipv6" : "ipv4", right);
    } else if (meta.equals("l4proto")) {
      return one(packet.protocol(), right);
    } else if (ct.equals("state")) {
      return one(packet.begins() ? "new" : "established", right);
    } else if (ct.equals("status")) {
      Match translated = one("dnat", right);
      return packet.forwarded() ? translated : translated == Match.YES ? Match.NO : Match.MAYBE;
    } else if (payload.isObject()) {
      return payload(payload, right);
    }
    return Match.MAYBE;
  }

  private Match payload(JsonNode payload, JsonNode right) {
    String protocol = payload.path("protocol").asText();
    String field = payload.path("field").asText();
    return switch (protocol) {
      case "ip" ->
          packet.six()
              ? Match.NO
              : field.equals("protocol") ? one(packet.protocol(), right) : Match.MAYBE;
      case "ip6" ->
          packet.six()
              ? field.equals("nexthdr") ? one(packet.protocol(), right) : Match.MAYBE
              : Match.NO;
      case "tcp", "udp", "th" -> {
        if (!protocol.equals("th") && !protocol.equals(packet.protocol())) {
          yield Match.NO;
        }
        yield field.equals("dport") && packet.port() != 0
            ? one(Integer.toString(packet.port()), right)
            : Match.MAYBE;
      }
      case "icmp", "icmpv6", "sctp", "dccp", "esp", "ah" -> Match.NO;
      default -> Match.MAYBE;
    };
  }

  /** An interface's name against one, several, or the beginning of some. */
  private static Match name(String name, JsonNode right) {
    Set<String> words = words(right);
    if (words.stream().anyMatch(word -> word.startsWith("@"))) {
      return Match.MAYBE;
    }
    boolean found =
        words.stream()
            .anyMatch(word ->
                word.endsWith("*")
                    ? name.startsWith(word.substring(0, word.length() - 1))
                    : name.equals(word));
    return found ? Match.YES : Match.NO;
  }

  private static Match one(String value, JsonNode right) {
    Set<String> words = words(right);
    if (words.contains(value)) {
      return Match.YES;
    }
    return words.stream().allMatch(word -> word.matches("[a-z0-9-]+")) ? Match.NO : Match.MAYBE;
  }

  /** The values on the right of a comparison; what is none is a word that no value is. */
  private static Set<String> words(JsonNode right) {
    Set<String> words = new TreeSet<>();
    if (right.isValueNode()) {
      words.add(right.asText());
    } else if (right.isArray()) {
      right.forEach(part -> words.addAll(words(part)));
    } else if (right.path("set").isArray()) {
      words.addAll(words(right.path("set")));
    } else {
      words.add("@");
    }
    return words;
  }
}
