package dev.fjord.host.linux.network;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fjord.model.Cidr;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.MacAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * An interface as {@code ip -j address show} describes it.
 *
 * @param kind {@code bridge}, {@code tun} for a tap too, … ; empty for hardware
 * @param isTap of kind {@code tun}, and on layer 2
 * @param mark fjord's, null for none
 * @param master the bridge that it is a port of, null for none
 * @param up administratively
 * @param inUse it has a carrier: a tap has one while a process holds it open, one end of a veth
 *     while the other is up
 * @param user who may open a tap; -1 for everybody, and where details were not asked for
 * @param vnetHeader false, too, where details were not asked for
 * @param limited whether what leaves by it is held back (tc-tbf(8))
 * @param addresses IPv4
 * @param addresses6 with their prefixes, but for those of the link alone
 * @param ipv6 whether the host speaks it there: it has an address, be it of the link alone
 * @param mac null where it has none
 * @param mtu the largest packet that it carries, in bytes
 */
record Link(
    String name,
    String kind,
    boolean isTap,
    @Nullable Mark mark,
    @Nullable String master,
    boolean up,
    boolean inUse,
    int user,
    boolean vnetHeader,
    boolean limited,
    List<Cidr> addresses,
    List<String> addresses6,
    boolean ipv6,
    @Nullable MacAddress mac,
    int mtu) {
  static final String VETH = "veth";

  Link {
    addresses = List.copyOf(addresses);
    addresses6 = List.copyOf(addresses6);
  }

  /**
   * What {@code address show} prints only with details.
   *
   * @param alias empty for none
   */
  record Sort(String kind, boolean ethernet, String alias, int user, boolean vnetHeader) {
    static final Sort OTHER = new Sort("", false, "", -1, false);

    /**
     * The sort of one that {@code link show type KIND} listed, which prints aliases but no users.
     */
    static Sort of(String kind, JsonNode link) {
      // A tun on layer 3 has no link to speak of (tun_net_initialize() in drivers/net/tun.c).
      boolean ethernet = link.path("link_type").asText().equals("ether");
      return new Sort(kind, ethernet, link.path("ifalias").asText(), -1, false);
    }

    private static Sort of(JsonNode detailed, ToIntFunction<String> uids) {
      JsonNode info = detailed.path("linkinfo");
      JsonNode data = info.path("info_data");
      JsonNode user = data.path("user");
      int uid = user.isTextual() ? uids.applyAsInt(user.asText()) : user.asInt(-1);
      return new Sort(
          info.path("info_kind").asText(),
          data.path("type").asText().equals("tap"),
          detailed.path("ifalias").asText(),
          uid,
          data.path("vnet_hdr").asBoolean());
    }
  }

  /**
   * One that was described with details ({@code -d}).
   *
   * @param uids gives the user id of an account, whose name ip(8) prints; -1 for none
   */
  static Link parse(JsonNode json, ToIntFunction<String> uids) {
    return parse(json, Sort.of(json, uids));
  }

  /** One that was described without details. */
  static Link parse(JsonNode json, Sort sort) {
    List<String> flags = new ArrayList<>();
    json.path("flags").forEach(flag -> flags.add(flag.asText()));
    List<Cidr> addresses = new ArrayList<>();
    List<String> addresses6 = new ArrayList<>();
    boolean ipv6 = false;
    for (JsonNode address : json.path("addr_info")) {
      if (address.path("family").asText().equals("inet")) {
        addresses.add(
            new Cidr(
                Ipv4Address.parse(address.path("local").asText()),
                address.path("prefixlen").asInt()));
      } else {
        ipv6 = true;
        if (!address.path("scope").asText().equals("link")) {
          addresses6.add(address.path("local").asText() + "/" + address.path("prefixlen").asText());
        }
      }
    }
    return new Link(
        json.path("ifname").asText(),
        sort.kind(),
        sort.kind().equals("tun") && sort.ethernet(),
        Mark.parse(sort.alias()),
        json.path("master").isMissingNode() ? null : json.path("master").asText(),
        flags.contains("UP"),
        flags.contains("LOWER_UP"),
        sort.user(),
        sort.vnetHeader(),
        json.path("qdisc").asText().equals("tbf"),
        addresses,
        addresses6,
        ipv6,
        json.path("address").asText().matches("[0-9a-f]{2}(:[0-9a-f]{2}){5}")
            ? new MacAddress(json.path("address").asText())
            : null,
        json.path("mtu").asInt());
  }

  boolean isBridge() {
    return kind.equals("bridge");
  }

  /** Whether this is a bridge that fjord made. */
  boolean isSwitch() {
    return isBridge() && mark != null && mark.kind().equals(Mark.SWITCH);
  }

  /** Whether this is what fjord made to connect a daemon: a tap, or one end of a veth. */
  boolean isDaemonPort() {
    return (isTap || kind.equals(VETH)) && mark != null && mark.kind().equals(Mark.DAEMON);
  }

  /** Whether this is what fjord made to connect an instance: a tap, or one end of a veth. */
  boolean isPort() {
    return (isTap || kind.equals(VETH)) && mark != null && mark.kind().equals(Mark.PORT);
  }

  /**
   * Whether guests are behind it: any tap, and every interface that fjord made to connect an
   * instance or a daemon.
   */
  boolean leadsToGuests() {
    return isTap || isPort() || isDaemonPort();
  }
}
