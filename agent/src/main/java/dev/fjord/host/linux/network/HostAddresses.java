package dev.fjord.host.linux.network;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The host's own addresses on an interface, and the routes that leave by it, as words of ip(8) that
 * make them again on another one.
 *
 * @param addresses first ones first: {@code 198.51.100.2/24 brd 198.51.100.255}. Those of the link
 *     alone are left out: the kernel makes them. Without lifetimes: a program that renews a lease
 *     does not find the address where it left it
 * @param routes {@code default via 198.51.100.1 proto static}; those that come with an address are
 *     left out
 */
record HostAddresses(List<String> addresses, List<String> routes) {
  static final HostAddresses NONE = new HostAddresses(List.of(), List.of());

  HostAddresses {
    addresses = List.copyOf(addresses);
    routes = List.copyOf(routes);
  }

  /**
   * @param link as {@code ip -j address show} prints it
   * @param four its routes, as {@code ip -j route show table all} prints them
   * @param six the same of IPv6
   */
  static HostAddresses parse(JsonNode link, JsonNode four, JsonNode six) {
    List<String> addresses = new ArrayList<>();
    Set<String> bare = new HashSet<>();
    boolean bare6 = false;
    for (JsonNode one : link.path("addr_info")) {
      boolean isSix = one.path("family").asText().equals("inet6");
      if (!isSix || !one.path("scope").asText().equals("link")) {
        addresses.add(address(one, isSix));
        if (one.path("noprefixroute").asBoolean()) {
          bare.add(one.path("local").asText());
          bare6 |= isSix;
        }
      }
    }
    List<String> routes = new ArrayList<>();
    add(routes, four, false, route -> bare.contains(route.path("prefsrc").asText()));
    boolean sixes = bare6;
    add(routes, six, true, route -> sixes);
    // What other routes lead through must be there before them.
    routes.sort(Comparator.comparing((String route) -> route.contains(" via ")));
    return new HostAddresses(addresses, routes);
  }

  private static String address(JsonNode json, boolean isSix) {
    String local = json.path("local").asText();
    String length = "/" + json.path("prefixlen").asText();
    StringBuilder words = new StringBuilder(local);
    words
        .append(json.has("address") ? " peer " + json.path("address").asText() : "")
        .append(length);
    if (json.has("broadcast")) {
      words.append(" brd ").append(json.path("broadcast").asText());
    }
    if (!isSix) {
      words.append(" scope ").append(json.path("scope").asText());
    }
    if (json.has("metric")) { // Of the route that comes with it.
      words.append(" metric ").append(json.path("metric").asText());
    }
    if (json.path("noprefixroute").asBoolean()) {
      words.append(" noprefixroute");
    }
    // For a moment it is on both: a question whether it is free would be answered with no.
    return words.append(isSix ? " nodad" : "").toString();
  }

  /**
   * @param bare whether a route to a network did not come with an address, since its address was
   *     added without one: then it was made separately. Routes that come with an address must not
   *     be made twice
   */
  private static void add(
      List<String> routes, JsonNode json, boolean isSix, Predicate<JsonNode> bare) {
    for (JsonNode route : json) {
      String type = route.path("type").asText("unicast");
      boolean comesWithAddress =
          route.path("protocol").asText().equals("kernel") && !bare.test(route);
      boolean isLinks = route.path("dst").asText().startsWith("fe80:");
      if (type.equals("unicast") && !comesWithAddress && !isLinks) {
        routes.add(route(route, isSix));
      }
    }
  }

  private static String route(JsonNode json, boolean isSix) {
    String to = json.path("dst").asText();
    StringBuilder words = new StringBuilder(isSix && to.equals("default") ? "::/0" : to);
    word(words, json, "gateway", "via");
    word(words, json, "protocol", "proto");
    word(words, json, "scope", "scope");
    word(words, json, "prefsrc", "src");
    word(words, json, "metric", "metric");
    word(words, json, "table", "table");
    for (JsonNode metric : json.path("metrics")) {
      word(words, metric, "mtu", "mtu");
      word(words, metric, "advmss", "advmss");
    }
    for (JsonNode flag : json.path("flags")) {
      words.append(flag.asText().equals("onlink") ? " onlink" : "");
    }
    return words.toString();
  }

  private static void word(StringBuilder words, JsonNode json, String field, String word) {
    if (json.has(field)) {
      words.append(' ').append(word).append(' ').append(json.path(field).asText());
    }
  }

  /** All of this, and what {@code other} has besides. */
  HostAddresses with(HostAddresses other) {
    return new HostAddresses(both(addresses, other.addresses), both(routes, other.routes));
  }

  private static List<String> both(List<String> some, List<String> others) {
    List<String> all = new ArrayList<>(some);
    others.stream().filter(one -> !all.contains(one)).forEach(all::add);
    return all;
  }

  /** The address with its prefix alone. */
  static String plain(String address) {
    return address.split(" ", 2)[0];
  }

  /**
   * Lines of ip(8) that put it all on {@code to}: nothing is taken away before all of it is there.
   *
   * @param there what {@code to} has
   * @param from has none of it afterwards
   * @param gone what {@code from} has
   * @param between lines for the moment when both have the addresses
   */
  List<String> moving(
      String to, HostAddresses there, String from, HostAddresses gone, List<String> between) {
    List<String> lines = new ArrayList<>();
    List<String> known = there.addresses.stream().map(HostAddresses::plain).toList();
    addresses.stream()
        .filter(address -> !known.contains(plain(address)))
        .forEach(address -> lines.add("address add " + address + " dev " + to));
    lines.addAll(between);
    routes.forEach(route -> lines.add("route replace " + route + " dev " + to));
    // The last first: the kernel drops a subnet's other addresses together with its first.
    for (int i = gone.addresses.size() - 1; i >= 0; i--) {
      lines.add("address delete " + bare(gone.addresses.get(i)) + " dev " + from);
    }
    return lines;
  }

  /** An address as it is named for its removal. */
  private static String bare(String address) {
    String[] words = address.split(" ", -1);
    return words.length > 2 && words[1].equals("peer") ? words[0] + " peer " + words[2] : words[0];
  }
}
