package dev.fjord.host.linux.disk;

import dev.fjord.file.FileState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@link ImmutableFlag}s of the files of one store, each asked for once: a program is started only
 * for those that have changed since. Setting or clearing a flag moves st_ctim (ext4_ioctl_setflags
 * in fs/ext4/ioctl.c, and so in other file systems). Safe for use by many threads.
 */
final class KnownFlags {
  /** A bound, since files that are gone are never asked for again and would stay. */
  private static final int MOST = 1000;

  private final Map<Path, Known> known = new HashMap<>();

  /**
   * A flag.
   *
   * @param flag null where the file system knows none
   */
  private record Known(FileState state, @Nullable Boolean flag) {}

  /** As {@link ImmutableFlag#of}. */
  synchronized Map<Path, Boolean> of(List<Path> files) throws IOException {
    Map<Path, Boolean> flags = new HashMap<>();
    Map<Path, FileState> open = new LinkedHashMap<>();
    for (Path file : files) {
      FileState state = FileState.of(file);
      Known last = known.remove(file);
      if (last == null || !last.state().equals(state)) {
        open.put(file, state);
      } else {
        known.put(file, last);
        note(flags, file, last.flag());
      }
    }
    if (known.size() >= MOST) {
      known.clear();
    }
    Map<Path, Boolean> asked = ImmutableFlag.of(List.copyOf(open.keySet()));
    Instant now = Instant.now();
    open.forEach((file, state) -> {
      Boolean flag = asked.get(file);
      note(flags, file, flag);
      if (state.isSettled(now)) {
        known.put(file, new Known(state, flag));
      }
    });
    return flags;
  }

  private static void note(Map<Path, Boolean> flags, Path file, @Nullable Boolean flag) {
    if (flag != null) {
      flags.put(file, flag);
    }
  }
}
