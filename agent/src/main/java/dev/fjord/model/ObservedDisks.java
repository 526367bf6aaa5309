package dev.fjord.model;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The disks that lie in an instance's folder.
 *
 * @param rootBacking the pristine image that the root's COW header names; null when there is no
 *     COW, or it is not one
 * @param swap null for none
 * @param volumes sizes by name
 */
public record ObservedDisks(
    @Nullable Path rootBacking, @Nullable ByteSize swap, Map<ResourceName, ByteSize> volumes) {
  public ObservedDisks {
    volumes = Map.copyOf(volumes);
  }
}
