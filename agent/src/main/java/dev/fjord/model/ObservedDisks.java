package dev.fjord.model;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The disks that lie in an instance's folder.
 *
 * @param rootBacking the pristine image that the root stands on; null when there is no COW, or it
 *     is not one
 * @param rootNamed how the root's COW header calls that image, where it has the name that it had
 *     before the state directory was moved; null where it has the present name
 * @param swap null for none
 * @param volumes sizes by name
 */
public record ObservedDisks(
    @Nullable Path rootBacking,
    @Nullable Path rootNamed,
    @Nullable ByteSize swap,
    Map<ResourceName, ByteSize> volumes) {
  public ObservedDisks {
    volumes = Map.copyOf(volumes);
  }

  /** Of an instance whose root names its image as it is called. */
  public ObservedDisks(
      @Nullable Path rootBacking, @Nullable ByteSize swap, Map<ResourceName, ByteSize> volumes) {
    this(rootBacking, null, swap, volumes);
  }
}
