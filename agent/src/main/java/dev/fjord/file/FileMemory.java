package dev.fjord.file;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Remembers what was made of small files for as long as they do not change ({@link FileState}): to
 * check that is a tenth of the work of reading and parsing one. Nothing is kept for a file that
 * cannot be read. Safe for use by many threads.
 *
 * @param <T> what is made of a file; all callers get the same object, so it must not change
 */
public final class FileMemory<T> {
  /** A bound, since files that are gone are never asked for again and would stay. */
  private static final int MOST = 10_000;

  private final Map<Path, Known<T>> known = new ConcurrentHashMap<>();
  private final InstantSource clock;

  private record Known<T>(FileState state, T value) {}

  /** Reads a file and makes something of it. */
  @FunctionalInterface
  public interface Reading<T> {
    T read(Path file) throws IOException;
  }

  public FileMemory() {
    this(InstantSource.system());
  }

  /**
   * @param clock by which file systems are dated
   */
  public FileMemory(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * What the file holds now.
   *
   * @throws IOException when it is not there, and whatever {@code reading} throws
   */
  public T of(Path file, Reading<T> reading) throws IOException {
    Known<T> last = known.remove(file); // It comes back when it still holds.
    FileState state = FileState.of(file);
    if (last != null && last.state().equals(state)) {
      known.put(file, last);
      return last.value();
    }
    if (known.size() >= MOST) {
      known.clear();
    }
    T value = reading.read(file);
    if (state.isSettled(clock.instant())) {
      known.put(file, new Known<>(state, value));
    }
    return value;
  }
}
