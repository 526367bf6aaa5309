package dev.fjord.host.linux.disk;

import dev.fjord.model.ByteSize;
import dev.fjord.model.Volume;
import dev.fjord.problem.ProblemException;
import dev.fjord.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * Makes disks with nothing on them: sparse, readable and writable by one user alone, durable when
 * the call returns. Nothing looks at the path yet; the caller renames the file when it is whole.
 */
final class BlankDisk {
  private static final Duration LONGEST = Duration.ofMinutes(5);

  /** Nothing to discard in a hole, and no table to write into one: 8 ms for 4 GiB. */
  private static final String SPARSE = "nodiscard,lazy_itable_init=1,lazy_journal_init=1";

  private BlankDisk() {}

  /** A root disk over a pristine image. */
  static void root(Path at, Path pristine, int uid) {
    try {
      CowFile.create(at, pristine);
      finish(at, uid);
    } catch (IOException e) {
      throw DiskProblem.of("making " + at, e);
    }
  }

  static void swap(Path at, ByteSize size, int uid) {
    String tried = "making a swap of " + size + " at " + at;
    try {
      SparseFile.create(at, size.bytes());
      SwapHeader.write(at, size.bytes(), UUID.randomUUID());
      finish(at, uid);
    } catch (IOException e) {
      throw DiskProblem.of(tried, e);
    }
  }

  /** A volume with an empty ext4 whose label is the volume's name. */
  static void volume(Path at, Volume volume, int uid) {
    String tried = "making volume " + volume.name() + " of " + volume.size() + " at " + at;
    try {
      SparseFile.create(at, volume.size().bytes());
      format(at, volume);
      finish(at, uid);
    } catch (IOException e) {
      throw DiskProblem.of(tried, e);
    } catch (ProblemException e) {
      throw DiskProblem.of(tried, e);
    }
  }

  private static void format(Path at, Volume volume) {
    // A guest's kernel would write zeros over all inode tables later on, which fills the holes (64
    // MiB of a 4 GiB volume), unless the file system says that they are zero. mke2fs has the option
    // for that since 1.47.0; an older one refuses it with exit status 1 before it writes anything.
    Command told = mkfs(at, volume, SPARSE + ",assume_storage_prezeroed=1");
    Command.Output output = told.run();
    if (output.exit() != 0 && output.error().contains("Bad option")) {
      mkfs(at, volume, SPARSE).output();
    } else if (output.exit() != 0) {
      told.output();
    }
  }

  private static Command mkfs(Path at, Volume volume, String extended) {
    String label = volume.name().value();
    return Command.of(List.of("mkfs.ext4", "-q", "-F", "-L", label, "-E", extended, at.toString()))
        .timeout(LONGEST);
  }

  private static void finish(Path at, int uid) throws IOException {
    own(at, uid);
    Folders.sync(at);
  }

  /** Gives a disk to the user that the instance runs as; nothing to do when it is theirs. */
  static void own(Path disk, int uid) throws IOException {
    for (String owner : List.of("unix:uid", "unix:gid")) {
      if (!Integer.valueOf(uid)
          .equals(Files.getAttribute(disk, owner, LinkOption.NOFOLLOW_LINKS))) {
        Files.setAttribute(disk, owner, uid, LinkOption.NOFOLLOW_LINKS);
      }
    }
  }
}
