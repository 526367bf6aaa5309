package dev.fjord.host.linux.build;

import dev.fjord.host.linux.disk.DiskProblem;
import dev.fjord.host.linux.disk.Folders;
import dev.fjord.model.Layout;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A folder in which something is made and that only root may enter, so that no other user reaches
 * setuid files of a system that is being built. It is emptied before and afterwards, so that a
 * build that was killed leaves nothing to the next one.
 */
final class BuildRoom implements AutoCloseable {
  /**
   * What is made in it. Each has a room of its own, so that unpacking a kernel does not wait for an
   * image.
   */
  enum Use {
    IMAGE,
    KERNEL
  }

  /** Builds take memory, disk and network: one of a kind at a time. */
  private static final Map<Use, ReentrantLock> OCCUPIED =
      Map.of(Use.IMAGE, new ReentrantLock(true), Use.KERNEL, new ReentrantLock(true));

  private final Layout layout;
  private final Path folder;
  private final ReentrantLock occupied;

  private BuildRoom(Layout layout, Path folder, ReentrantLock occupied) {
    this.layout = layout;
    this.folder = folder;
    this.occupied = occupied;
  }

  /** Waits until the room is free. */
  static BuildRoom enter(Layout layout, Use use) {
    ReentrantLock occupied = Objects.requireNonNull(OCCUPIED.get(use));
    occupied.lock();
    Path folder = layout.builds().resolve(use.name().toLowerCase(Locale.ROOT));
    BuildRoom room = new BuildRoom(layout, folder, occupied);
    try {
      Folders.make(layout.builds(), Folders.PRIVATE);
      Folders.make(room.folder, Folders.PRIVATE);
      room.empty();
      BuildUsers.writeEtc(room.etc());
      for (Path made : new Path[] {room.root(), room.output()}) {
        BuildUsers.give(Files.createDirectory(made));
        Folders.make(made, Folders.READABLE);
      }
      return room;
    } catch (IOException e) {
      occupied.unlock();
      throw DiskProblem.of("making the folder for builds, " + room.folder, e);
    }
  }

  Layout layout() {
    return layout;
  }

  /** The files of what is built. */
  Path root() {
    return folder.resolve("root");
  }

  /** What is to be kept. */
  Path output() {
    return folder.resolve("output");
  }

  /** What was fetched. */
  Path source() {
    return folder.resolve("source");
  }

  Path script() {
    return folder.resolve("post-install");
  }

  Path etc() {
    return folder.resolve("etc");
  }

  private void empty() throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        Folders.delete(entry);
      }
    }
  }

  @Override
  public void close() {
    try {
      empty();
    } catch (IOException leftForTheNextBuild) {
      // It empties the room before it begins.
    } finally {
      occupied.unlock();
    }
  }
}
