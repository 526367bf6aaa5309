package dev.fjord.host.linux.uml;

import dev.fjord.process.Command;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;

/** File systems made and changed without a mount: mke2fs(8), debugfs(8), uml_mkcow(1). */
final class Ext4 {
  private static final int SECTOR = 512;

  private Ext4() {}

  /**
   * An image with what a folder holds; without checksums, which debugfs(8) does not always mend.
   */
  static Path image(Path at, Path folder, String size) {
    Command.of("truncate", "-s", size, at.toString()).output();
    Command.of(
            List.of(
                "mkfs.ext4",
                "-q",
                "-F",
                "-O",
                "^metadata_csum",
                "-b",
                "4096",
                "-d",
                folder.toString(),
                "" + at))
        .output();
    return at;
  }

  /** Does what debugfs(8) is told, a line each. */
  static void change(Path image, String... commands) throws IOException {
    Path script = image.resolveSibling(image.getFileName() + ".debugfs");
    Files.write(script, List.of(commands));
    Command.of("debugfs", "-w", "-f", script.toString(), image.toString()).output();
  }

  /** What debugfs(8) says. */
  static String ask(Path image, String command) {
    return Command.of("debugfs", "-R", command, image.toString()).output().strip();
  }

  /** What is wrong with an image, or nothing. */
  static String check(Path image) {
    Command.Output output = Command.of("e2fsck", "-fn", image.toString()).run();
    return output.exit() == 0 ? "" : output.text() + output.error();
  }

  /** A fresh COW. */
  static Path cow(Path at, Path image) {
    Command.of("uml_mkcow", "-f", at.toString(), image.toString()).output();
    return at;
  }

  /** A COW over {@code image} through which the disk has the bytes of {@code changed}. */
  static Path cow(Path at, Path image, Path changed) throws IOException {
    cow(at, image);
    long size = Files.size(image);
    long bitmap = Math.ceilDiv(size / SECTOR, 8);
    long data = Math.ceilDiv(8192 + bitmap, 4096) * 4096;
    try (FileChannel from = FileChannel.open(image);
        FileChannel to = FileChannel.open(changed);
        RandomAccessFile cow = new RandomAccessFile(at.toFile(), "rw")) {
      byte[] old = new byte[SECTOR];
      byte[] now = new byte[SECTOR];
      for (long sector = 0; sector < size / SECTOR; sector++) {
        from.read(ByteBuffer.wrap(old), sector * SECTOR);
        to.read(ByteBuffer.wrap(now), sector * SECTOR);
        if (!Arrays.equals(old, now)) {
          cow.seek(8192 + sector / 8);
          int bits = cow.read();
          cow.seek(8192 + sector / 8);
          cow.write(bits | 1 << sector % 8);
          cow.seek(data + sector * SECTOR);
          cow.write(now);
        }
      }
    }
    return at;
  }

  /** What a COW and its image hold together, as an image of its own. */
  static Path merged(Path cow, Path at) {
    Command.of("uml_moo", cow.toString(), at.toString()).output();
    return at;
  }

  static Path copy(Path image, Path at) throws IOException {
    Files.copy(image, at, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel channel = FileChannel.open(at, StandardOpenOption.WRITE)) {
      channel.force(false);
    }
    return at;
  }
}
