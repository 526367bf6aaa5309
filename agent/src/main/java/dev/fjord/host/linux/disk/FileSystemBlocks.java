package dev.fjord.host.linux.disk;

import dev.fjord.problem.Problem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What an ext2, ext3 or ext4 says of its blocks (Documentation/filesystems/ext4/super.rst).
 *
 * <p>A kernel reads a COW wrongly where sectors of one page lie on both sides, in the COW and in
 * the pristine image: of a request with several pages it moves on by the length of the last run of
 * sectors instead of the page's (arch/um/drivers/ubd_kern.c, {@code do_io}; seen with 6.1.176 and
 * 7.2.7, where a guest read other bytes than it had written). That takes a file system whose blocks
 * are smaller than a page, which is what mke2fs(8) makes of anything below 512 MiB unless an option
 * says otherwise.
 */
final class FileSystemBlocks {
  private static final int PAGE = 4096;
  private static final int SUPERBLOCK_AT = 1024;
  private static final int LOG_BLOCK_SIZE_AT = 0x18;
  private static final int MAGIC_AT = 0x38;
  private static final int MAGIC = 0xEF53;
  private static final int READ = MAGIC_AT + 2;

  private FileSystemBlocks() {}

  /**
   * Refuses an image that no COW may stand on. Another file system than ext is not known here, and
   * passes.
   */
  static void requireWholePages(Path image) throws IOException {
    ByteBuffer superblock = ByteBuffer.allocate(READ).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel channel =
        FileChannel.open(image, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      while (superblock.hasRemaining()
          && channel.read(superblock, SUPERBLOCK_AT + superblock.position()) > 0) {
        // A read may give less than there is.
      }
    }
    int log = superblock.getInt(LOG_BLOCK_SIZE_AT);
    if (superblock.hasRemaining()
        || Short.toUnsignedInt(superblock.getShort(MAGIC_AT)) != MAGIC
        || log < 0
        || log > 6
        || 1024 << log >= PAGE) {
      return;
    }
    throw Problem.of(
            "image-blocks",
            "the file system of " + image + " has blocks of " + (1024 << log) + " bytes")
        .detail("kernels read a COW wrongly unless blocks are whole pages of 4096 bytes")
        .hint("Make the image with 'mkfs.ext4 -b 4096', then pin its new sha256.")
        .asException();
  }
}
