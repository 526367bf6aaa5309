package dev.fjord.host.linux.doctor;

import dev.fjord.model.ByteSize;
import dev.fjord.model.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Memory and disk. */
final class Room {
  private static final Pattern TOTAL = Pattern.compile("(?m)^(Mem|Swap)Total:\\s+([0-9]+) kB$");
  private static final long SCARCE = ByteSize.gib(2).bytes();
  private static final long NONE = ByteSize.mib(256).bytes();

  private final HostFiles files;

  Room(HostFiles files) {
    this.files = files;
  }

  List<Finding> examine(Layout layout, @Nullable ByteSize promisedMemory) {
    List<Finding> findings = new ArrayList<>();
    findings.add(tmpfs());
    findings.add(memory(promisedMemory));
    findings.add(disk("state", layout.state()));
    findings.add(disk("run", layout.run()));
    return findings;
  }

  /** A guest's memory is a file of a tmpfs that its kernel alone sees. */
  private Finding tmpfs() {
    String known = files.read("/proc/filesystems");
    return known != null && known.lines().anyMatch(line -> line.endsWith("\ttmpfs"))
        ? Finding.ok("tmpfs", "known to the host's kernel")
        : Finding.fault("tmpfs", "unknown to the host's kernel", "Boot one with CONFIG_TMPFS.");
  }

  private Finding memory(@Nullable ByteSize promised) {
    String info = files.read("/proc/meminfo");
    long bytes = 0;
    Matcher total = TOTAL.matcher(info == null ? "" : info);
    while (total.find()) {
      bytes += Long.parseLong(total.group(2)) << 10;
    }
    String found = mib(bytes) + " with swap";
    if (promised == null) {
      return Finding.ok("memory", found);
    }
    String both = found + ", " + mib(promised.bytes()) + " promised to instances";
    return promised.bytes() <= bytes
        ? Finding.ok("memory", both)
        : Finding.warning(
            "memory",
            both,
            "When all use what they were promised, the host kills instances: promise less, or add"
                + " swap.");
  }

  private static Finding disk(String name, Path folder) {
    Path there = folder;
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    try {
      long free = Files.getFileStore(there).getUsableSpace();
      String found = mib(free) + " free for " + folder;
      boolean temporary = name.equals("run"); // Small files of the agent's own, no disks.
      if (free < NONE / (temporary ? 16 : 1)) {
        return Finding.fault(name, found, "Make room: instances cannot write, and will fail.");
      }
      return free < SCARCE && !temporary
          ? Finding.warning(name, found, "Make room, or promise less: disks of instances grow.")
          : Finding.ok(name, found);
    } catch (IOException e) {
      return Finding.fault(name, e.toString(), "Mend the file system that holds " + folder + ".");
    }
  }

  private static String mib(long bytes) {
    return ByteSize.mib(bytes >> 20).toString();
  }
}
