package dev.fjord.model;

import org.jspecify.annotations.Nullable;

/**
 * A rule of the host that is not fjord's and drops what a switch is to pass.
 *
 * @param bridge the switch's; null for one that no rule of the host names
 * @param six whether it takes IPv6, and not IPv4
 * @param chain {@code table ip filter, chain FORWARD}
 * @param rule in that chain: {@code policy drop}, {@code reject}
 * @param certain false where a rule before it, which nft(8) does not show whole, may let it pass
 */
public record Obstacle(
    Way way,
    @Nullable InterfaceName bridge,
    boolean six,
    String chain,
    String rule,
    boolean certain,
    Ruler ruler) {

  /** What does not pass. */
  public enum Way {
    /** From guests to other networks. */
    OUT("what guests send to other networks"),
    /** The answers to that. */
    BACK("answers from other networks"),
    /** From other networks to a guest, by a port of the host. */
    IN("what comes by ports of the host"),
    /** From a guest to its neighbour: shown to these rules by br_netfilter alone. */
    BETWEEN("what guests send to each other, which br_netfilter shows to it"),
    /** Guests' DNS queries to the host. */
    NAMES("guests' questions for names");

    private final String words;

    Way(String words) {
      this.words = words;
    }

    public String words() {
      return words;
    }
  }

  /** Whose rules those are, as far as their names show. */
  public enum Ruler {
    DOCKER,
    UFW,
    FIREWALLD,
    OTHER
  }

  /** {@code table ip filter, chain FORWARD (policy drop)}. */
  public String place() {
    return chain + " (" + rule + ")";
  }

  /**
   * Commands that let a switch through, and nothing else.
   *
   * @param network its bridge
   */
  public String remedy(InterfaceName network) {
    String iptables = six ? "ip6tables" : "iptables";
    return switch (ruler) {
      case DOCKER ->
          way == Way.NAMES
              ? "%s -I INPUT -i %s -p udp --dport 53 -j ACCEPT".formatted(iptables, network)
              : "%s -I DOCKER-USER -i %s -j ACCEPT; %s -I DOCKER-USER -o %s -j ACCEPT"
                  .formatted(iptables, network, iptables, network);
      case UFW ->
          way == Way.NAMES
              ? "ufw allow in on " + network + " to any port 53"
              : "ufw route allow in on %s; ufw route allow out on %s".formatted(network, network);
      case FIREWALLD ->
          "firewall-cmd --permanent --zone=trusted --add-interface="
              + network
              + "; firewall-cmd --reload";
      case OTHER -> {
        String insert =
            "nft insert rule " + chain.replaceFirst("^table ", "").replace(", chain ", " ");
        String in = insert + " iifname " + network;
        yield way == Way.NAMES
            ? in + " udp dport 53 accept"
            : in + " accept; " + insert + " oifname " + network + " accept";
      }
    };
  }
}
