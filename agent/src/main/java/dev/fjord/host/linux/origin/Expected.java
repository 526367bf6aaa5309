package dev.fjord.host.linux.origin;

import dev.fjord.model.ByteSize;
import org.jspecify.annotations.Nullable;

/**
 * How much a source may hold.
 *
 * @param exact the length that is pinned; null when none is
 * @param most where decompressing stops, since a few bytes can stand for any number of them
 */
public record Expected(@Nullable ByteSize exact, ByteSize most) {
  /** What a compressed source may hold at most where no size is pinned. */
  public static final ByteSize MOST_UNPINNED = ByteSize.gib(1);

  /** The largest size that an image may have (64 TiB). */
  private static final ByteSize MOST = ByteSize.gib(64L << 10);

  /** As long as is pinned, neither shorter nor longer; null when only the digest is pinned. */
  public static Expected pinned(@Nullable ByteSize size) {
    return size == null ? new Expected(null, MOST_UNPINNED) : new Expected(size, size);
  }

  /** Whatever could be stored at all. */
  public static Expected any() {
    return new Expected(null, MOST);
  }
}
