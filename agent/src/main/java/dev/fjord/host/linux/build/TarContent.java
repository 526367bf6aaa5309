package dev.fjord.host.linux.build;

import dev.fjord.host.HostPort.Progress;
import dev.fjord.host.linux.disk.BuiltImages;
import dev.fjord.host.linux.origin.Content;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Image;
import dev.fjord.model.ImageOrigin.Tarball;
import dev.fjord.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;

/**
 * The files of a root file system archive. Nothing reads the archive before its digest is right.
 * What it unpacks to is little more than its own length, and that is at most the image's.
 *
 * @param built where it is fetched to
 */
record TarContent(Image image, Tarball tarball, BuiltImages built) {
  private static final Duration LIMIT = Duration.ofMinutes(30);

  void into(BuildRoom room, Progress progress) throws IOException {
    String what = "image " + image.name();
    ByteSize size = image.size();
    Content archive = built.fetch(image, tarball, room.source(), progress);
    if (archive.size().compareTo(size) > 0) {
      throw Problem.of(
              "source-size",
              "the archive of %s is larger than the image: %s, and spec.size is %s"
                  .formatted(what, archive.size(), size))
          .hint("Raise spec.size: a file system takes more room than the archive of its files.")
          .asException();
    }
    BuildUsers.give(room.source());
    progress.report(what + ": unpacking " + archive.size().mebibytes() + " MiB");
    BuildConfinement confinement =
        new BuildConfinement(room, size)
            .readOnly(room.source(), "/build/source")
            .writable(room.root(), "/build/root");
    new BuildStage(
            "unpacking the archive of " + what,
            LIMIT,
            "Above is what tar printed last. Device nodes are left out below /dev, where the"
                + " kernel makes them, and cannot be anywhere else.")
        .run(confinement, words());
    Files.delete(room.source());
  }

  private static List<String> words() {
    return List.of(
        "tar",
        "--extract",
        "--file=/build/source",
        "--directory=/build/root",
        "--numeric-owner",
        "--same-owner",
        "--preserve-permissions",
        "--xattrs",
        "--xattrs-include=*",
        "--anchored",
        "--exclude=dev/*",
        "--exclude=./dev/*",
        "--exclude=/dev/*");
  }
}
