package dev.fjord.host.linux.origin;

import dev.fjord.model.ByteSize;
import dev.fjord.model.Digest;
import org.jspecify.annotations.Nullable;

/**
 * What a source has to hold, and how much it may.
 *
 * @param digest the digest that is pinned; null when none is
 * @param exact the length that is pinned; null when none is
 * @param most where decompressing stops, since a few bytes can stand for any number of them
 */
public record Expected(@Nullable Digest digest, @Nullable ByteSize exact, ByteSize most) {
  /** What a source that is compressed, or not of this host, may hold where no size is pinned. */
  public static final ByteSize MOST_UNPINNED = ByteSize.gib(1);

  /** The largest size that an image may have (64 TiB). */
  private static final ByteSize MOST = ByteSize.gib(64L << 10);

  /** As long as is pinned, neither shorter nor longer; null when only the digest is pinned. */
  public static Expected pinned(Digest digest, @Nullable ByteSize size) {
    return new Expected(digest, size, size == null ? MOST_UNPINNED : size);
  }

  /** Whatever could be stored at all. */
  public static Expected any() {
    return new Expected(null, null, MOST);
  }

  /**
   * How long the source itself may be: a little more than what it holds, since compressing can make
   * a file longer.
   */
  long mostOfSource() {
    return most.bytes() + most.bytes() / 8 + (1 << 20);
  }
}
