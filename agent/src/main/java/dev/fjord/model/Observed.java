package dev.fjord.model;

import dev.fjord.problem.Problem;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a host really has, all of it seen in one look; a plan is made from this and a {@link
 * Desired} alone. An area that could not be looked at is not taken for an empty one: the look then
 * fails as a whole.
 *
 * @param at when the host was looked at
 * @param trashedRoots every root in the trash, those of {@code trash} included
 * @param trashUse every folder in the trash, and what it takes of the disk
 * @param ailments of instances, as the agent's watch noted them last
 * @param strayUids user ids of disks or kernels for which no record can be read
 * @param disk how full the file system of the state directory is; null where it was not asked
 * @param problems what is odd but hinders nothing
 * @param surroundings what other programs rule on the host
 */
public record Observed(
    Layout layout,
    Instant at,
    List<StoredKernel> kernels,
    List<StoredImage> images,
    List<ObservedBridge> bridges,
    List<ObservedPort> ports,
    List<ObservedInstance> instances,
    List<TrashedInstance> trash,
    List<TrashedRoot> trashedRoots,
    List<TrashUse> trashUse,
    ObservedFilters filters,
    List<ObservedDaemon> daemons,
    ObservedNames names,
    Map<ResourceName, Ailment> ailments,
    Set<Integer> strayUids,
    @Nullable FileSystemUse disk,
    List<Problem> problems,
    Surroundings surroundings) {
  public Observed {
    strayUids = Set.copyOf(strayUids);
    daemons = List.copyOf(daemons);
    ailments = Map.copyOf(ailments);
    kernels = List.copyOf(kernels);
    images = List.copyOf(images);
    bridges = List.copyOf(bridges);
    ports = List.copyOf(ports);
    instances = List.copyOf(instances);
    trash = List.copyOf(trash);
    trashedRoots = List.copyOf(trashedRoots);
    trashUse = List.copyOf(trashUse);
    problems = List.copyOf(problems);
  }

  /** The program of a kind that runs, or ran, for a switch; null when none did. */
  public @Nullable ObservedDaemon daemon(ObservedDaemon.Kind kind, ResourceName network) {
    return daemons.stream()
        .filter(daemon -> daemon.kind() == kind && daemon.network().equals(network))
        .findFirst()
        .orElse(null);
  }

  /** The same, seen at another time. */
  public Observed at(Instant time) {
    return with(time, disk);
  }

  /**
   * Whether the other look saw the same at another time. How full a disk is moves with every write,
   * and counts as far as {@link FileSystemUse#isAlike} does.
   */
  public boolean isAlike(Observed other) {
    boolean sameRoom = disk != null && other.disk != null && disk.isAlike(other.disk);
    return with(other.at, sameRoom ? other.disk : disk).equals(other);
  }

  /** The same, with a disk that is so full. */
  public Observed with(FileSystemUse use) {
    return with(at, use);
  }

  private Observed with(Instant time, @Nullable FileSystemUse use) {
    return new Observed(
        layout,
        time,
        kernels,
        images,
        bridges,
        ports,
        instances,
        trash,
        trashedRoots,
        trashUse,
        filters,
        daemons,
        names,
        ailments,
        strayUids,
        use,
        problems,
        surroundings);
  }
}
