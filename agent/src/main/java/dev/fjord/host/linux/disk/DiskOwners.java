package dev.fjord.host.linux.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/** Whose disks lie in an instance's folder, in the trash or out of it. */
final class DiskOwners {
  private DiskOwners() {}

  /** The user ids of all that is in there and is not root's; none where nothing is. */
  static Set<Integer> of(Path folder) throws IOException {
    Set<Integer> owners = new TreeSet<>();
    for (Path entry : Folders.list(folder)) {
      try {
        int uid = (Integer) Files.getAttribute(entry, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        if (uid != 0) {
          owners.add(uid);
        }
        if (Folders.isFolder(entry)) {
          owners.addAll(of(entry));
        }
      } catch (NoSuchFileException gone) {
        // It is gone.
      }
    }
    return owners;
  }
}
