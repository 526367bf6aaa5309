package dev.fjord.host.linux.usage;

import dev.fjord.host.linux.disk.CowBitmap;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How far roots have diverged from their images, for a status that is made after every run: a
 * bitmap is read again only when its file was written since. Not safe for use by many threads.
 */
public final class RootDivergence {
  /** Longer than any file system's clock tick: two writes within one tick have one time. */
  private static final Duration SETTLED = Duration.ofSeconds(2);

  private final Layout layout;
  private final InstantSource clock;
  private final Map<ResourceName, Known> known = new HashMap<>();
  private int readings;

  public RootDivergence(Layout layout, InstantSource clock) {
    this.layout = layout;
    this.clock = clock;
  }

  /**
   * What an instance has written of its root.
   *
   * @param image the size of the pristine image that it stands on
   * @return null when it is not known; {@code fjord disk} says why
   */
  public @Nullable ByteSize of(ResourceName name, ByteSize image) {
    Path cow = layout.rootCow(name);
    try {
      BasicFileAttributes now =
          Files.readAttributes(cow, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      Known before = known.get(name);
      if (before != null && before.isOf(now, image)) {
        return before.diverged();
      }
      readings++;
      ByteSize diverged = CowBitmap.diverged(cow, image);
      Instant written = now.lastModifiedTime().toInstant();
      if (written.isBefore(clock.instant().minus(SETTLED))) {
        known.put(name, new Known(now.fileKey(), written, image, diverged));
      } else {
        known.remove(name);
      }
      return diverged;
    } catch (IOException | ProblemException unreadable) {
      known.remove(name);
      return null;
    }
  }

  /** How many bitmaps were read. */
  int readings() {
    return readings;
  }

  /** A bitmap that was read, and the state of its file just before that. */
  private record Known(@Nullable Object file, Instant written, ByteSize image, ByteSize diverged) {
    boolean isOf(BasicFileAttributes now, ByteSize size) {
      return Objects.equals(file, now.fileKey())
          && written.equals(now.lastModifiedTime().toInstant())
          && image.equals(size);
    }
  }
}
