package dev.fjord.model;

import dev.fjord.problem.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the disks of a host's instances were promised and what they take, at one moment. What could
 * not be read is null, never zero, and {@code problems} says why.
 *
 * @param state where the disks lie
 * @param size of the file system that holds them
 * @param free what is left of it for instances: without what is reserved for root (statvfs(3))
 * @param instances ordered by name; those in the trash are not among them
 * @param images what all pristine images take
 * @param trash what everything in the trash takes
 * @param forecast when it would be full
 */
public record DiskUsage(
    Path state,
    ByteSize size,
    ByteSize free,
    List<OfInstance> instances,
    @Nullable ByteSize images,
    @Nullable ByteSize trash,
    DiskForecast forecast,
    List<Problem> problems) {
  public DiskUsage {
    instances = List.copyOf(instances);
    problems = List.copyOf(problems);
  }

  /**
   * One instance.
   *
   * @param owner null when its record could not be read
   * @param promised the size of its root, its swap and its volumes, as the capacity of a host
   *     counts them. A file system's own bookkeeping comes on top of it
   * @param used blocks that its folder takes, holes left out
   * @param diverged the sectors of its root that were ever written
   */
  public record OfInstance(
      ResourceName name,
      @Nullable Owner owner,
      @Nullable ByteSize promised,
      @Nullable ByteSize used,
      @Nullable ByteSize diverged) {

    /** How much more it may still take; zero when its promise is not known. */
    ByteSize outstanding() {
      return promised == null
          ? ByteSize.ZERO
          : promised.lessOrZero(used == null ? ByteSize.ZERO : used);
    }

    boolean isKnown() {
      return Stream.of(promised, used, diverged).allMatch(java.util.Objects::nonNull);
    }
  }

  /**
   * The worst case: what the instances take on top of today when each uses all that it was
   * promised. An instance whose promise is not known counts for nothing, one whose use is not known
   * for its whole promise.
   */
  public ByteSize outstanding() {
    return instances.stream().map(OfInstance::outstanding).reduce(ByteSize.ZERO, ByteSize::plus);
  }

  /** By how much the worst case exceeds what is free; zero when it fits. */
  public ByteSize missing() {
    return outstanding().lessOrZero(free);
  }

  /** How many instances have a promise that is not known; the worst case leaves them out. */
  public long unknownPromises() {
    return instances.stream().filter(one -> one.promised() == null).count();
  }

  /** Whether every figure of every instance is known. */
  public boolean isWhole() {
    return instances.stream().allMatch(OfInstance::isKnown);
  }
}
