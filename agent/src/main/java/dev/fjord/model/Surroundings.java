package dev.fjord.model;

import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The rules that other programs have set on a host, and what these programs have taken.
 *
 * @param bridges the bridges of the switches for which obstacles were looked for
 * @param obstacles rules of others in the way of switches
 * @param legacy whether there are rules of iptables-legacy(8), which are not looked through
 * @param ports that the host's own programs have
 * @param uids that accounts have, or may give to others (subuid(5))
 */
public record Surroundings(
    Set<InterfaceName> bridges,
    List<Obstacle> obstacles,
    boolean legacy,
    List<TakenPort> ports,
    List<TakenUids> uids) {
  public static final Surroundings NONE =
      new Surroundings(Set.of(), List.of(), false, List.of(), List.of());

  public Surroundings {
    bridges = Set.copyOf(bridges);
    obstacles = List.copyOf(obstacles);
    ports = List.copyOf(ports);
    uids = List.copyOf(uids);
  }

  /** What is in the way of a switch with that bridge, whether or not it is there yet. */
  public List<Obstacle> on(InterfaceName bridge) {
    InterfaceName looked = bridges.contains(bridge) ? bridge : null;
    return obstacles.stream().filter(one -> Objects.equals(looked, one.bridge())).toList();
  }
}
