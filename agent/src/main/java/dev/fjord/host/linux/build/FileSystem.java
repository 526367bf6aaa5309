package dev.fjord.host.linux.build;

import dev.fjord.model.ByteSize;
import dev.fjord.model.Digest;
import dev.fjord.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The ext4 file system that mke2fs(8) makes of the files of a build. The same recipe gives the same
 * UUID and hash seed; times and the order of files are those of the build, so that the bytes differ
 * from one build to the next.
 *
 * @param what as people call it ({@code image debian})
 * @param recipe its version
 */
record FileSystem(String what, Digest recipe, ByteSize size) {
  /** 2020-01-01T00:00:00Z, in seconds: the date of what the build itself has no date for. */
  static final String EPOCH = "1577836800";

  private static final Duration LIMIT = Duration.ofMinutes(30);

  /** Makes it; the file is root's then. */
  Path make(BuildRoom room) throws IOException {
    BuildConfinement confinement =
        new BuildConfinement(room, size)
            .readOnly(room.root(), "/build/root")
            .writable(room.output(), "/build/output")
            .variable("SOURCE_DATE_EPOCH", EPOCH)
            .variable("E2FSPROGS_FAKE_TIME", EPOCH);
    new BuildStage(
            "making the file system of " + what,
            LIMIT,
            "Above is what mkfs.ext4 printed last. If it found no free block or inode, raise"
                + " spec.size: all files have to fit into it.")
        .run(confinement, words());
    Path image = room.output().resolve("image");
    // It was written by a process that had read what others made, so it is checked before it is
    // trusted.
    if (!Files.isRegularFile(image, LinkOption.NOFOLLOW_LINKS)
        || Files.size(image) != size.bytes()) {
      throw Problem.of(
              "build-failed", "making the file system of " + what + " gave none of " + size)
          .hint("Is the disk sound? The next run tries again.")
          .asException();
    }
    BuildUsers.takeBack(image);
    return image;
  }

  private List<String> words() {
    String uuid = uuid();
    return List.of(
        "mkfs.ext4",
        "-q",
        "-F",
        "-b",
        "4096",
        "-m",
        "1",
        "-U",
        uuid,
        "-E",
        "hash_seed=" + uuid + ",root_owner=0:0,lazy_itable_init=0,nodiscard",
        "-d",
        "/build/root",
        "/build/output/image",
        size.bytes() / 1024 + "k");
  }

  /** A UUID made from the recipe, in the form of a random one (RFC 9562). */
  private String uuid() {
    String hex = recipe.hex();
    return "%s-%s-4%s-8%s-%s"
        .formatted(
            hex.substring(0, 8),
            hex.substring(8, 12),
            hex.substring(13, 16),
            hex.substring(17, 20),
            hex.substring(20, 32));
  }
}
