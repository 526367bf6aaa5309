package dev.fjord.host.linux.network;

import dev.fjord.model.InterfaceName;
import dev.fjord.model.ObservedBridge;
import dev.fjord.model.Obstacle;
import dev.fjord.model.Surroundings;
import dev.fjord.model.TakenUids;
import dev.fjord.problem.ProblemException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Looks at what other programs rule on a host. It only looks: what is not fjord's is not touched.
 */
public final class HostSurroundings {
  private static final int NOBODY = 65534;

  /** Where there is no way out yet: a name that no rule has. */
  private static final String NO_UPLINK = "uplink-any";

  private static final long LARGEST = 4 << 20;

  private final Nft nft;
  private final NamespaceFiles files;
  private final Path etc;

  /** This host. */
  public HostSurroundings() {
    this(List.of(), Path.of("/etc"));
  }

  /**
   * Another namespace, and other accounts.
   *
   * @param prefix as of {@link IpCommand}
   */
  public HostSurroundings(List<String> prefix, Path etc) {
    this.nft = new Nft(prefix);
    this.files = new NamespaceFiles(prefix);
    this.etc = etc;
  }

  /** All of it. What cannot be looked at is left out: nothing depends on it but words. */
  public Surroundings observe(Collection<ObservedBridge> interfaces) {
    return observe(interfaces, this::others);
  }

  /** Asks nft(8) for the tables that are not fjord's. */
  OtherTables others() {
    return OtherTables.of(nft);
  }

  /** As {@link #observe(Collection)}, of tables that were looked at already. */
  Surroundings observe(Collection<ObservedBridge> interfaces, Supplier<OtherTables> tables) {
    Set<InterfaceName> bridges = new TreeSet<>();
    interfaces.stream()
        .filter(one -> one.network() != null)
        .forEach(one -> bridges.add(one.name()));
    return new Surroundings(
        bridges,
        obstacles(bridges, tables),
        files.hasLegacyRules(),
        new ListeningPorts(files).all(),
        uids());
  }

  private List<Obstacle> obstacles(Set<InterfaceName> bridges, Supplier<OtherTables> tables) {
    try {
      OtherTables others = tables.get();
      if (others.isEmpty()) {
        return List.of();
      }
      String route = files.defaultRoute();
      String uplink = route.isEmpty() ? NO_UPLINK : route;
      boolean shown = files.bridgeIsShown();
      List<Obstacle> all = new ArrayList<>(others.of(null, uplink, shown));
      bridges.forEach(bridge -> all.addAll(others.of(bridge, uplink, shown)));
      return all;
    } catch (ProblemException withoutNft) {
      return List.of(); // The filters report that.
    }
  }

  private List<TakenUids> uids() {
    List<TakenUids> taken = new ArrayList<>();
    for (String file : List.of("subuid", "subgid")) {
      for (String[] fields : lines(etc.resolve(file), 3)) {
        add(taken, etc.resolve(file), fields[0], fields[1], fields[2]);
      }
    }
    for (String[] fields : lines(etc.resolve("passwd"), 7)) {
      if (!fields[2].equals(Integer.toString(NOBODY))) {
        add(taken, etc.resolve("passwd"), fields[0], fields[2], "1");
      }
    }
    return taken;
  }

  private static void add(
      List<TakenUids> taken, Path file, String account, String first, String count) {
    if (first.matches("[0-9]{4,9}") && count.matches("[0-9]{1,9}")) {
      taken.add(
          new TakenUids(
              file.toString(), account, Integer.parseInt(first), Integer.parseInt(count)));
    }
  }

  private static List<String[]> lines(Path file, int fields) {
    try {
      if (Files.size(file) > LARGEST) {
        return List.of();
      }
      return Files.readString(file, StandardCharsets.ISO_8859_1)
          .lines()
          .map(line -> line.split(":", -1))
          .filter(line -> line.length == fields)
          .toList();
    } catch (IOException none) {
      return List.of();
    }
  }
}
