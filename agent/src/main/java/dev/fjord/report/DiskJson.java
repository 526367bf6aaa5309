package dev.fjord.report;

import dev.fjord.model.ByteSize;
import dev.fjord.model.DiskUsage;
import dev.fjord.model.ResourceName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The use of the disk as programs read it. What is not known is null.
 *
 * @param outstandingBytes what instances may still come to take, of those whose promise is known
 * @param missingBytes by how much that is more than {@code freeBytes}
 * @param unknownPromises of how many instances the promise is not known
 */
public record DiskJson(
    int version,
    String stateDirectory,
    long sizeBytes,
    long freeBytes,
    long outstandingBytes,
    long missingBytes,
    long unknownPromises,
    @Nullable Long imagesBytes,
    @Nullable Long trashBytes,
    ForecastJson forecast,
    List<InstanceJson> instances,
    List<ProblemJson> problems) {
  private static final int VERSION = 1;

  /**
   * One instance.
   *
   * @param partner null for the site's own, too
   */
  record InstanceJson(
      ResourceName name,
      @Nullable ResourceName partner,
      @Nullable Long promisedBytes,
      @Nullable Long usedBytes,
      @Nullable Long divergedBytes) {
    static InstanceJson of(DiskUsage.OfInstance one) {
      return new InstanceJson(
          one.name(),
          one.owner() == null ? null : one.owner().partner(),
          bytes(one.promised()),
          bytes(one.used()),
          bytes(one.diverged()));
    }
  }

  /** Indented. */
  public static String text(DiskUsage usage) {
    return Json.pretty(
        new DiskJson(
            VERSION,
            usage.state().toString(),
            usage.size().bytes(),
            usage.free().bytes(),
            usage.outstanding().bytes(),
            usage.missing().bytes(),
            usage.unknownPromises(),
            bytes(usage.images()),
            bytes(usage.trash()),
            ForecastJson.of(usage.forecast()),
            usage.instances().stream().map(InstanceJson::of).toList(),
            ProblemJson.all(usage.problems())));
  }

  private static @Nullable Long bytes(@Nullable ByteSize size) {
    return size == null ? null : (Long) size.bytes();
  }
}
