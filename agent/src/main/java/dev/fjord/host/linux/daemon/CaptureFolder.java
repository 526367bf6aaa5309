package dev.fjord.host.linux.daemon;

import dev.fjord.model.Daemon;
import dev.fjord.process.Command;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Where the capture of an instance is. tcpdump(8) begins its ring anew at each start and would
 * write over what it has kept: so the files of the run before get another name first, and the
 * newest of them stay, as many as the ring has. The folder belongs to the unprivileged user that
 * captures, so no link in it is followed and nothing in it is trusted.
 */
record CaptureFolder(Path folder) {
  private static final String EARLIER = "earlier-";
  private static final int MOST_LISTED = 10_000;
  private static final DateTimeFormatter AT =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private record Kept(Path file, Instant written, boolean earlier) {}

  void prepare(Daemon daemon) throws IOException {
    try {
      Files.createDirectory(folder);
    } catch (FileAlreadyExistsException there) {
      // What it holds is looked at below; it lies in a folder of root's.
    }
    int ring = Integer.parseInt(daemon.arguments().get(daemon.arguments().indexOf("-W") + 1));
    keep(ring);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    Command.of("chown", "-h", daemon.uid() + ":" + daemon.uid(), folder.toString()).output();
  }

  private void keep(int most) throws IOException {
    List<Kept> all = new ArrayList<>(files());
    all.sort(Comparator.comparing(Kept::written).reversed());
    int kept = 0;
    for (Kept one : all) {
      if (kept++ >= most) {
        Files.deleteIfExists(one.file());
      } else if (!one.earlier()) {
        String name = EARLIER + AT.format(one.written()) + "-" + one.file().getFileName();
        Files.move(one.file(), folder.resolve(name));
      }
    }
  }

  /**
   * An entry that is not a file is only unlinked: only the capturing user can have put it there.
   */
  private List<Kept> files() throws IOException {
    List<Kept> files = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
      for (Path file : all) {
        BasicFileAttributes found =
            Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!found.isRegularFile() || files.size() >= MOST_LISTED) {
          Command.of("rm", "-r", "-f", "--one-file-system", "--", file.toString()).output();
          continue;
        }
        boolean earlier = file.getFileName().toString().startsWith(EARLIER);
        files.add(new Kept(file, found.lastModifiedTime().toInstant(), earlier));
      }
    }
    return files;
  }
}
