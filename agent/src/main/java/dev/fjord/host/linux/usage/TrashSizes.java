package dev.fjord.host.linux.usage;

import dev.fjord.model.ByteSize;
import dev.fjord.model.Layout;
import dev.fjord.model.TrashUse;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the folders in the trash take of the disk. Nothing writes there, so each is measured once,
 * as long as its time stays; a look with nothing new starts no program. Safe for use by many
 * threads.
 */
public final class TrashSizes {
  private static final Logger LOG = LoggerFactory.getLogger(TrashSizes.class);

  private record Known(FileTime modified, ByteSize bytes) {}

  private final Layout layout;
  private Map<String, Known> known = Map.of();

  public TrashSizes(Layout layout) {
    this.layout = layout;
  }

  /**
   * The same folders with what they take. One that cannot be measured counts for the lengths of its
   * files, which is more than they take: unknown is not nothing.
   *
   * @throws ProblemException when it cannot be read at all
   */
  public synchronized List<TrashUse> of(List<TrashUse> folders) {
    Map<String, FileTime> there = new HashMap<>();
    for (TrashUse one : folders) {
      FileTime modified = modified(layout.trash().resolve(one.folder()));
      if (modified != null) {
        there.put(one.folder(), modified);
      }
    }
    Map<String, Known> next = new HashMap<>(known);
    next.entrySet().removeIf(one -> !one.getValue().modified().equals(there.get(one.getKey())));
    List<String> open = there.keySet().stream().filter(one -> !next.containsKey(one)).toList();
    measured(open)
        .forEach((folder, bytes) ->
            next.put(folder, new Known(Objects.requireNonNull(there.get(folder)), bytes)));
    known = Map.copyOf(next);
    return folders.stream()
        .filter(one -> next.containsKey(one.folder())) // Restored, or removed by hand, meanwhile.
        .map(one ->
            new TrashUse(
                one.folder(),
                one.record(),
                one.volume(),
                Objects.requireNonNull(next.get(one.folder())).bytes()))
        .toList();
  }

  private Map<String, ByteSize> measured(List<String> folders) {
    Map<Path, ByteSize> found = allocated(folders.stream().map(layout.trash()::resolve).toList());
    return folders.stream()
        .collect(
            Collectors.toMap(
                folder -> folder,
                folder -> {
                  ByteSize bytes = found.get(layout.trash().resolve(folder));
                  return bytes == null ? lengths(layout.trash().resolve(folder)) : bytes;
                }));
  }

  private static Map<Path, ByteSize> allocated(List<Path> folders) {
    try {
      return AllocatedBlocks.of(folders).byPath();
    } catch (ProblemException e) {
      LOG.debug("what the trash takes is taken from the lengths of its files", e);
      return Map.of();
    }
  }

  private static ByteSize lengths(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return new ByteSize(files.mapToLong(TrashSizes::length).sum());
    } catch (NoSuchFileException gone) {
      return ByteSize.ZERO;
    } catch (IOException e) {
      throw Problem.of("trash-unread", "what " + folder + " takes could not be read")
          .detail(e.toString())
          .hint("Is the file system whole? Everything in the trash is kept for its owner.")
          .asException(e);
    }
  }

  private static long length(Path file) {
    try {
      BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class);
      return is.isRegularFile() ? is.size() : 0;
    } catch (IOException e) {
      return 0;
    }
  }

  private static @Nullable FileTime modified(Path folder) {
    try {
      return Files.getLastModifiedTime(folder);
    } catch (IOException gone) {
      return null;
    }
  }
}
