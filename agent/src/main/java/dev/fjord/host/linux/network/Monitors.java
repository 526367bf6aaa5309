package dev.fjord.host.linux.network;

import dev.fjord.model.MacAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The hints that a network namespace gives when something changes in it: its links, addresses,
 * routes and forwarding entries, its queues, and its tables of nftables. A hint costs a look, and
 * the lack of one saves it; nothing else is concluded from either. Their programs begin with the
 * first question and end with {@link #close}. Not safe for use by many threads.
 */
public final class Monitors implements AutoCloseable {
  /**
   * A forwarding entry that a bridge has learned, or an entry of the neighbour table, which no look
   * asks for: the words of ip(8) in front of its state.
   */
  private static final Pattern NEIGHBOUR =
      Pattern.compile(
          "\\[NEIGH\\](?:Deleted )?(?:dev \\S+ lladdr (\\S+) (\\S+)\\s*|[0-9a-f]*[.:]\\S* .*)");

  private static final Set<String> LEARNED =
      Set.of("REACHABLE", "STALE", "DELAY", "PROBE", "INCOMPLETE", "FAILED");

  private final Monitor links;
  private final Monitor queues;
  private final Monitor tables;

  /** Of this process's network namespace. */
  public Monitors() {
    this(List.of());
  }

  /**
   * Those of another namespace.
   *
   * @param prefix as of {@link IpCommand}
   */
  Monitors(List<String> prefix) {
    links = monitor(prefix, "ip", "-o", "monitor", "label", "link", "address", "route", "neigh");
    queues = monitor(prefix, "tc", "monitor");
    tables = monitor(prefix, "nft", "monitor");
  }

  private static Monitor monitor(List<String> prefix, String... words) {
    return new Monitor(Stream.concat(prefix.stream(), Stream.of(words)).toList());
  }

  /**
   * What may have changed before a call of {@link #heard}, since the call before.
   *
   * @param links what {@link Links} looks at
   * @param tables any table of nftables, fjord's or not
   */
  record Heard(Change links, Change tables) {}

  /** How much is known of a subject. */
  enum Change {
    /** It is as it was. */
    NONE,
    /** It may have changed: a look from now on is true until the next hint. */
    MAYBE,
    /** It may change without a hint: no look stays true. */
    UNKNOWN
  }

  /**
   * Takes in what the programs have reported.
   *
   * @param stations Ethernet addresses whose forwarding entries are looked at
   */
  Heard heard(Set<MacAddress> stations) {
    Change ofLinks = change(links.news(), stations);
    Change ofQueues = change(queues.news(), stations);
    return new Heard(
        ofLinks.compareTo(ofQueues) > 0 ? ofLinks : ofQueues, change(tables.news(), stations));
  }

  private static Change change(@Nullable List<String> news, Set<MacAddress> stations) {
    if (news == null) {
      return Change.UNKNOWN;
    }
    return news.stream().allMatch(line -> saysNothing(line, stations)) ? Change.NONE : Change.MAYBE;
  }

  /**
   * Whether a line is about guests and neighbours that were heard: on a network that is in use such
   * lines come all the time.
   */
  static boolean saysNothing(String line, Set<MacAddress> stations) {
    Matcher told = NEIGHBOUR.matcher(line);
    if (!told.matches()) {
      return false;
    }
    String address = told.group(1);
    return address == null
        || LEARNED.contains(told.group(2))
            && stations.stream()
                .noneMatch(one -> one.toString().equals(address.toLowerCase(Locale.ROOT)));
  }

  /** The processes that report. */
  List<Long> pids() {
    List<Long> pids = new ArrayList<>();
    for (Monitor one : List.of(links, queues, tables)) {
      Long pid = one.pid();
      if (pid != null) {
        pids.add(pid);
      }
    }
    return pids;
  }

  @Override
  public void close() {
    links.close();
    queues.close();
    tables.close();
  }
}
