package dev.fjord.host.linux.build;

import dev.fjord.host.linux.disk.Folders;
import dev.fjord.model.ByteSize;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Debian package that holds a kernel: {@code /usr/bin/linux*}, and its modules where Debian's
 * user-mode-linux has them, or where any kernel has them. Its scripts are not run. Nothing reads it
 * before its digest is right.
 *
 * @param what as people call it ({@code kernel uml})
 */
record KernelPackage(String what) {
  private static final ByteSize MOST = ByteSize.gib(1);
  private static final int MOST_FILES = 20_000;
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final List<String> MODULES =
      List.of("usr/lib/uml/modules", "usr/lib/modules", "lib/modules");

  /**
   * What was in it.
   *
   * @param modules a folder with one for their version; null when there are none
   */
  record Unpacked(Path binary, @Nullable Path modules) {}

  /** Unpacks the room's source. The unpacked files belong to the host's root. */
  Unpacked unpack(BuildRoom room) throws IOException {
    BuildConfinement confinement =
        new BuildConfinement(room, MOST)
            .readOnly(room.source(), "/build/source")
            .writable(room.root(), "/build/root");
    BuildStage stage =
        new BuildStage(
            "unpacking the package of " + what,
            LIMIT,
            "Above is what dpkg-deb printed last. Is it a whole Debian package? Fetch it again.");
    refuseTooMuch(stage.run(confinement, List.of("dpkg-deb", "--contents", "/build/source")));
    stage.run(confinement, List.of("dpkg-deb", "--extract", "/build/source", "/build/root"));
    Path binary = room.output().resolve("linux");
    Files.move(binary(room.root()), binary);
    BuildUsers.takeBack(binary);
    return new Unpacked(binary, modules(room));
  }

  /** The third word of each line is the length; names follow and are not looked at. */
  private void refuseTooMuch(String listing) {
    long bytes = 0;
    long files = 0;
    for (String line : (Iterable<String>) listing.lines()::iterator) {
      String[] words = line.split(" +", 4);
      boolean file = line.startsWith("-") && words.length == 4 && words[2].matches("[0-9]{1,15}");
      bytes += file ? Long.parseLong(words[2]) : 0;
      files++;
    }
    if (files > MOST_FILES || bytes > MOST.bytes()) {
      throw refused(
          "holds %,d files of %,d bytes together, and at most %,d of %s are unpacked"
              .formatted(files, bytes, MOST_FILES, MOST));
    }
  }

  private Path binary(Path root) throws IOException {
    List<Path> found = new ArrayList<>();
    for (String folder : List.of("usr/bin", "bin")) {
      if (isFolder(root, folder)) {
        try (DirectoryStream<Path> files =
            Files.newDirectoryStream(root.resolve(folder), "linux*")) {
          for (Path file : files) {
            if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) > 0) {
              found.add(file);
            }
          }
        }
      }
    }
    if (found.size() != 1) {
      throw refused(
          found.isEmpty()
              ? "holds no kernel: there is no file /usr/bin/linux*"
              : "holds %d files /usr/bin/linux*, and one is the kernel".formatted(found.size()));
    }
    return found.get(0);
  }

  private @Nullable Path modules(BuildRoom room) throws IOException {
    for (String folder : MODULES) {
      if (isFolder(room.root(), folder)) {
        Path modules = room.output().resolve("modules");
        Files.move(room.root().resolve(folder), modules);
        Ownership.ofRoot(modules);
        Folders.sync(modules);
        return modules;
      }
    }
    return null;
  }

  /** Whether it is a folder and none above it is a link: what is moved lies in the room. */
  private static boolean isFolder(Path root, String below) {
    Path path = root;
    for (String name : below.split("/", -1)) {
      path = path.resolve(name);
      if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        return false;
      }
    }
    return true;
  }

  private ProblemException refused(String fault) {
    return Problem.of("no-kernel-package", "the package of " + what + " " + fault)
        .hint("Debian's package with a kernel is 'user-mode-linux'. Name that, or the binary.")
        .asException();
  }
}
