package dev.fjord.host.linux.network;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import dev.fjord.file.KernelText;
import dev.fjord.json.ModelJson;
import dev.fjord.model.BlockRoute;
import dev.fjord.model.IpAddress;
import dev.fjord.model.IpPrefix;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import dev.fjord.process.Command;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * ip(8) in one network namespace.
 *
 * @param prefix words before every program, {@code ip netns exec NAME}; empty for the agent's own
 *     namespace
 */
record IpCommand(List<String> prefix) {
  private static final int LONGEST_SETTING = 4 << 10;

  IpCommand {
    prefix = List.copyOf(prefix);
  }

  /**
   * Every interface of the namespace, by name, without the user and the header of taps: with
   * details ip(8) looks for an account for each tap's user, and takes four times as long.
   */
  Map<String, Link> links() {
    return links(route -> {});
  }

  /**
   * The same.
   *
   * @param routes takes all routes of the namespace that bear fjord's mark
   */
  Map<String, Link> links(Consumer<BlockRoute> routes) {
    String lines =
        "address show\nlink show type bridge\nlink show type tun\nlink show type veth\n"
            + "route show table all proto "
            + BlockRoute.PROTOCOL
            + "\n";
    List<JsonNode> lists = trees(command("ip", "-j", "-batch", "-").input(lines).output());
    if (lists.size() != 5) {
      throw unreadable(new IOException(lists.size() + " lists"));
    }
    lists.get(4).forEach(route -> BlockRoutes.parse(route).ifPresent(routes));
    Map<String, Link.Sort> sorts = new HashMap<>();
    named(lists.get(1)).forEach(link -> sorts.put(nameOf(link), Link.Sort.of("bridge", link)));
    named(lists.get(2)).forEach(link -> sorts.put(nameOf(link), Link.Sort.of("tun", link)));
    named(lists.get(3)).forEach(link -> sorts.put(nameOf(link), Link.Sort.of(Link.VETH, link)));
    return byName(
        named(lists.get(0)),
        link -> Link.parse(link, sorts.getOrDefault(nameOf(link), Link.Sort.OTHER)));
  }

  /**
   * The interfaces of these names, with all details; those that do not exist are left out.
   *
   * @throws ProblemException when ip(8) says anything else than that one does not exist
   */
  Map<String, Link> links(List<String> names) {
    StringBuilder lines = new StringBuilder();
    names.forEach(name -> lines.append("address show dev ").append(name).append('\n'));
    Command.Output output =
        command("ip", "-j", "-d", "-force", "-batch", "-").input(lines.toString()).run();
    boolean looked =
        output
            .error()
            .lines()
            .allMatch(line -> line.startsWith("Command failed -:") || isAbsence(line));
    if (!looked || output.exit() != 0 && output.error().isBlank()) {
      throw Problem.of("network-unreadable", "looking at interfaces with 'ip' failed")
          .detail(output.error().strip())
          .hint("Nothing was changed. Is iproute2 installed, and the agent root?")
          .asException();
    }
    return byName(
        trees(output.text()).stream().flatMap(IpCommand::named),
        link -> Link.parse(link, this::uid));
  }

  private int uid(String account) {
    Command.Output output = Command.of("id", "-u", "--", account).run();
    return output.exit() == 0 ? Integer.parseInt(output.text().strip()) : -1;
  }

  private static boolean isAbsence(String line) {
    return line.startsWith("Device \"") && line.endsWith("\" does not exist.");
  }

  /**
   * Runs lines of ip(8) in one process, until one fails. The lines are data for ip alone; their
   * words are value types without white space, so nothing in them can become a second word.
   *
   * @param tried for the error, {@code connecting linda}
   */
  void change(String tried, List<String> lines) {
    batch(
        "ip",
        lines,
        tried,
        "The next run goes on from what is there. Is the agent root, and tun available?");
  }

  /**
   * Runs lines of ip(8) in another network namespace, see {@link #change}.
   *
   * @param pid of a process in it
   */
  void changeIn(long pid, String tried, List<String> lines) {
    batch(
        command("nsenter", "--net=/proc/" + pid + "/ns/net", "ip", "-batch", "-"),
        lines,
        tried,
        "The next run tries again. Has the host's kernel bridges, taps and veth?");
  }

  /** Deletes an interface of another network namespace, if it is there. */
  void forgetIn(long pid, String device) {
    command("nsenter", "--net=/proc/" + pid + "/ns/net", "ip", "link", "delete", "dev", device)
        .run();
  }

  /**
   * Runs lines of ip(8) in another network namespace, and has its ends of what they have laid write
   * checksums themselves, and this one's gather segments, see {@link Laying}.
   */
  void lay(long pid, String tried, List<String> lines, List<String> inner, List<String> outer) {
    batch(
        command(Laying.words(pid, inner, outer).toArray(String[]::new)),
        lines,
        tried,
        "The next run tries again. Has the host's kernel bridges, taps and veth?");
  }

  /** What says to ip(8) that an interface is to be in the namespace that this works in. */
  String namespace() {
    return prefix.isEmpty()
        ? Long.toString(ProcessHandle.current().pid())
        : prefix.get(prefix.size() - 1);
  }

  /** Runs lines of bridge(8) in one process; see {@link #change}. */
  void forward(String tried, List<String> lines) {
    batch(
        "bridge",
        lines,
        tried,
        "The next run tries again. Linux can do it from 4.20 on, and iproute2 too.");
  }

  /**
   * The entries of all bridges' forwarding tables that were not learned, as bridge(8) prints them.
   */
  JsonNode forwarding() {
    return tree(command("bridge", "-j", "fdb", "show", "state", "static").output());
  }

  /** As bridge(8) says it, {@code forwarding}; empty when it is in none. */
  String stateInBridge(String device) {
    Command.Output output = command("bridge", "-j", "link", "show", "dev", device).run();
    return tree(output.exit() == 0 ? output.text() : "").path(0).path("state").asText();
  }

  /** The host's own addresses on an interface, and the routes by it. */
  HostAddresses hostAddresses(String device) {
    JsonNode link = tree(command("ip", "-j", "address", "show", "dev", device).output());
    return HostAddresses.parse(
        link.path(0),
        tree(command("ip", "-j", "-4", "route", "show", "table", "all", "dev", device).output()),
        tree(command("ip", "-j", "-6", "route", "show", "table", "all", "dev", device).output()));
  }

  /** By which the host can be asked from elsewhere; those of loopback and of links are left out. */
  List<IpAddress> ownAddresses() {
    List<IpAddress> own = new ArrayList<>();
    for (JsonNode link : tree(command("ip", "-j", "address", "show").output())) {
      for (JsonNode one : link.path("addr_info")) {
        if (one.path("scope").asText().equals("global")) {
          own.add(IpAddress.parse(one.path("local").asText()));
        }
      }
    }
    return own;
  }

  /** All routes to exactly these blocks, set by fjord or not. */
  List<JsonNode> routesTo(List<IpPrefix> prefixes) {
    List<JsonNode> routes = new ArrayList<>();
    for (boolean six : List.of(false, true)) {
      String lines =
          prefixes.stream()
              .filter(prefix -> prefix.isIpv6() == six)
              .map(prefix -> "route show exact " + prefix + "\n")
              .collect(Collectors.joining());
      if (!lines.isEmpty()) {
        String version = six ? "-6" : "-4";
        trees(command("ip", version, "-j", "-batch", "-").input(lines).output())
            .forEach(list -> list.forEach(routes::add));
      }
    }
    return routes;
  }

  /** Runs lines of ip(8) in one process, each whether or not those before it succeeded. */
  void attempt(List<String> lines) {
    command("ip", "-force", "-batch", "-").input(String.join("\n", lines) + "\n").run();
  }

  /** Which Ethernet address has which address for good, by an interface. */
  Map<IpAddress, String> permanentNeighbours(String device) {
    Map<IpAddress, String> table = new LinkedHashMap<>();
    String[] words = {"ip", "-j", "neighbour", "show", "dev", device, "nud", "permanent"};
    for (JsonNode entry : tree(command(words).output())) {
      if (entry.has("dst") && entry.has("lladdr")) {
        table.put(IpAddress.parse(entry.path("dst").asText()), entry.path("lladdr").asText());
      }
    }
    return table;
  }

  /** The interfaces by which default routes leave, the preferred ones first. */
  List<String> leavesBy() {
    List<String> devices = new ArrayList<>();
    for (String version : List.of("-4", "-6")) {
      JsonNode routes = tree(command("ip", "-j", version, "route", "show", "default").output());
      for (JsonNode route : routes) {
        if (route.has("dev")) {
          devices.add(route.path("dev").asText());
        }
      }
    }
    return devices;
  }

  /** Every queue of every interface, as tc(8) prints it. */
  JsonNode queues() {
    return tree(command("tc", "-j", "qdisc", "show").output());
  }

  /** Runs lines of tc(8) in one process; see {@link #change}. */
  void limit(List<String> lines) {
    batch(
        "tc",
        lines,
        "holding ports to their rates",
        "Has the host's kernel the queue tbf (sch_tbf)? The next run tries again.");
  }

  private void batch(String program, List<String> lines, String tried, String hint) {
    batch(command(program, "-batch", "-"), lines, tried, hint);
  }

  private static void batch(Command program, List<String> lines, String tried, String hint) {
    Command.Output output = program.input(String.join("\n", lines) + "\n").run();
    if (output.exit() != 0) {
      throw Problem.of("network-failed", tried + " failed")
          .detail(output.error().strip() + "\nlines:\n" + String.join("\n", lines))
          .hint(hint)
          .asException();
    }
  }

  /** Lines of these files, each behind the file's name and a colon; none of what is not there. */
  String show(List<String> files) {
    if (prefix.isEmpty()) { // A program would read them as we do, and has to be started.
      return files.stream().map(IpCommand::shown).collect(Collectors.joining());
    }
    List<String> words = new ArrayList<>(List.of("grep", "-s", "-H", "-e", ""));
    words.addAll(files);
    return command(words.toArray(String[]::new)).run().text();
  }

  private static String shown(String file) {
    try {
      return KernelText.read(file, LONGEST_SETTING)
          .lines()
          .map(line -> file + ":" + line + "\n")
          .collect(Collectors.joining());
    } catch (IOException absent) {
      return "";
    }
  }

  private static JsonNode tree(String json) {
    try {
      return ModelJson.mapper().readTree(json.isBlank() ? "[]" : json);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** Writes a value to a file of {@code /proc/sys} in the namespace. */
  void sysctl(String path, String value) {
    command("tee", "/proc/sys/" + path).input(value).output();
  }

  private Command command(String... words) {
    return Command.of(Stream.concat(prefix.stream(), Stream.of(words)).toList());
  }

  private static Map<String, Link> byName(
      Stream<JsonNode> described, Function<JsonNode, Link> parse) {
    Map<String, Link> links = new LinkedHashMap<>();
    try {
      described.map(parse).forEach(link -> links.put(link.name(), link));
    } catch (ProblemException alreadySaid) {
      throw alreadySaid;
    } catch (RuntimeException e) {
      throw unreadable(e);
    }
    return links;
  }

  /** Old versions of ip(8) print {} for what a filter leaves out. */
  private static Stream<JsonNode> named(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).filter(link -> link.has("ifname"));
  }

  private static String nameOf(JsonNode link) {
    return link.path("ifname").asText();
  }

  /** A batch prints one array for each of its lines. */
  private static List<JsonNode> trees(String text) {
    List<JsonNode> trees = new ArrayList<>();
    try (JsonParser parser = ModelJson.mapper().createParser(text)) {
      while (parser.nextToken() != null) {
        trees.add(parser.readValueAsTree());
      }
    } catch (IOException e) {
      throw unreadable(e);
    }
    return trees;
  }

  private static ProblemException unreadable(Exception e) {
    return Problem.of("network-unreadable", "the output of 'ip -j' could not be understood")
        .detail(String.valueOf(e.getMessage()))
        .hint("Nothing was changed. fjord knows iproute2 from version 5.10 on.")
        .asException(e);
  }
}
