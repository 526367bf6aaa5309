package dev.fjord.host.linux.uml;

import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.Problem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files that a kernel's arguments name as its disks, checked before the kernel sees them: it
 * would make a missing COW new and empty, in silence (arch/um/drivers/ubd_kern.c).
 *
 * @param cow the root's own blocks
 * @param image the pristine image below them, only read
 * @param raw every other disk that it writes to
 * @param shared those that it only reads, and others with it
 */
record LaunchDisks(Path cow, Path image, List<Path> raw, List<Path> shared) {
  private static final Pattern DISK =
      Pattern.compile("ubd[0-9]{1,2}([a-z]*)=([^,:]+)(?:,([^,:]+))?");

  /** Read only, and no COW whatever is on it (ubd_setup_common of arch/um/drivers/ubd_kern.c). */
  private static final String READ_ONLY = "rd";

  private static final byte[] COW_MAGIC = {'O', 'O', 'O', 'M'};

  LaunchDisks {
    raw = List.copyOf(raw);
    shared = List.copyOf(shared);
  }

  /** Reads the arguments, and checks that every disk lies where this instance's disks lie. */
  static LaunchDisks of(ResourceName name, List<String> arguments, Layout layout) {
    List<Path> raw = new ArrayList<>();
    List<Path> shared = new ArrayList<>();
    Path cow = null;
    Path image = null;
    for (String argument : arguments) {
      Matcher disk = DISK.matcher(argument);
      if (!disk.matches()) {
        continue;
      }
      if (disk.group(1).equals(READ_ONLY) && disk.group(3) == null) {
        Path only = Path.of(disk.group(2));
        Path store = only.startsWith(layout.images()) ? layout.images() : layout.kernels();
        shared.add(file(name, only, store));
        continue;
      }
      Path file = file(name, Path.of(disk.group(2)), layout.instance(name));
      if (disk.group(3) != null) {
        cow = file;
        image = file(name, Path.of(disk.group(3)), layout.images());
      } else if (disk.group(1).contains("d")) {
        raw.add(file);
      } else {
        // Without the flag, guest root can write a COW header that names any file into its disk.
        throw problem(name, "its arguments give '" + argument + "' without the flag d")
            .asException();
      }
    }
    if (cow == null || image == null) {
      throw problem(name, "its arguments name no root disk").asException();
    }
    return new LaunchDisks(cow, image, raw, shared);
  }

  private static Path file(ResourceName name, Path file, Path within) {
    if (!file.normalize().equals(file) || !file.startsWith(within)) {
      throw problem(name, "its arguments name " + file + ", outside " + within).asException();
    }
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw problem(name, "its disk " + file + " is missing, or is no file")
          .hint(
              "Nothing was made in its place. Put the file back from a copy, or delete the instance"
                  + " and declare it anew.")
          .asException();
    }
    return file;
  }

  /** The longest that any of them may become. */
  long longest() {
    long cowInFull = image.toFile().length() + (image.toFile().length() >> 12) + (1 << 20);
    return raw.stream()
        .mapToLong(disk -> disk.toFile().length())
        .reduce(Math.max(cowInFull, cow.toFile().length()), Math::max);
  }

  /** Whether another process holds the COW, as a kernel that runs on it does. */
  boolean inUse(ResourceName name) {
    // Closing the channel gives up every lock that this JVM has on the file (fcntl(2)), which is
    // harmless: no other thread works on the disks of an instance that is being started.
    try (FileChannel channel =
        FileChannel.open(cow, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer magic = ByteBuffer.allocate(COW_MAGIC.length);
      channel.read(magic, 0);
      if (!ByteBuffer.wrap(COW_MAGIC).equals(magic.flip())) {
        throw problem(name, cow + " is no COW file")
            .hint("Put the file back from a copy, or delete the instance and declare it anew.")
            .asException();
      }
      return channel.tryLock() == null;
    } catch (OverlappingFileLockException lockedHere) {
      return true;
    } catch (IOException e) {
      throw problem(name, "looking at " + cow + " failed").detail(e.toString()).asException(e);
    }
  }

  private static Problem problem(ResourceName name, String found) {
    return Problem.of("disk-unfit", "instance " + name + " was not started: " + found);
  }
}
