package dev.fjord.host.linux.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/**
 * The user ids that a build runs as. Inside they are 0 to 65535, and 0 is root of what is built; on
 * the host they are {@link #FIRST} and so on, which own nothing else and have no rights.
 */
final class BuildUsers {
  /**
   * Above what Debian gives to people, services and their subordinates (100000 and up), what
   * systemd takes for containers (to 0x6fffffff), and what a Host gives to instances by default.
   */
  static final int FIRST = 0x7000_0000;

  static final int COUNT = 65_536;

  /** The files that newuidmap(1), newgidmap(1) and apt read, by their names in {@code /etc}. */
  private static final Map<String, String> FILES =
      Map.of(
          "subuid",
          "root:" + FIRST + ":" + COUNT + "\n",
          "subgid",
          "root:" + FIRST + ":" + COUNT + "\n",
          "passwd",
          """
          root:x:0:0:root:/root:/bin/sh
          _apt:x:100:65534::/nonexistent:/usr/sbin/nologin
          nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
          """,
          "group",
          "root:x:0:\nnogroup:x:65534:\n");

  private BuildUsers() {}

  /** Writes an {@code /etc} that knows these users alone. */
  static void writeEtc(Path etc) throws IOException {
    Files.createDirectory(etc);
    for (Map.Entry<String, String> file : FILES.entrySet()) {
      Path written = Files.writeString(etc.resolve(file.getKey()), file.getValue());
      Files.setPosixFilePermissions(written, PosixFilePermissions.fromString("rw-r--r--"));
    }
  }

  /** Gives a file or folder to the root user of what is built. */
  static Path give(Path path) throws IOException {
    own(path, FIRST);
    return path;
  }

  /** Gives it to the host's root. */
  static void takeBack(Path path) throws IOException {
    own(path, 0);
  }

  private static void own(Path path, int id) throws IOException {
    Files.setAttribute(path, "unix:uid", id, LinkOption.NOFOLLOW_LINKS);
    Files.setAttribute(path, "unix:gid", id, LinkOption.NOFOLLOW_LINKS);
  }
}
