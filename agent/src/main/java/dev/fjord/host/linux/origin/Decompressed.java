package dev.fjord.host.linux.origin;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * What a compressed file holds, all of its members one after another. For one thread.
 *
 * <p>The file may be hostile: what is kept in memory is limited for every format ({@link
 * #MEMORY_MIB}), and whatever a library throws at damaged bytes becomes a {@link DamagedException}.
 * The caller limits how much comes out.
 */
final class Decompressed extends InputStream {
  /**
   * What one source may take of the agent's 256 MiB: xz asks for 65 MiB at its highest preset. Of
   * zstd's window, which lies outside of them, 128 MiB are allowed, as zstd itself does.
   */
  static final int MEMORY_MIB = 96;

  private static final int ZSTD_WINDOW_LOG = 27;

  /** What is read of the file for one buffer of content; more than that compresses nothing. */
  private static final int MOST_AT_A_TIME = 4 << 20;

  private static final int BUFFER = 1 << 16;

  private final RawBytes file;
  private final Compression compression;
  private @Nullable InputStream content;

  /** Nothing is read before the first read. */
  Decompressed(RawBytes file, Compression compression) {
    this.file = file;
    this.compression = compression;
  }

  private static InputStream open(Compression compression, InputStream file) throws IOException {
    InputStream in = new BufferedInputStream(file, BUFFER);
    return switch (compression) {
      case NONE -> in;
      case GZIP ->
          GzipCompressorInputStream.builder()
              .setInputStream(in)
              .setDecompressConcatenated(true)
              .get();
      case XZ -> new XZInputStream(in, MEMORY_MIB << 10);
      case ZSTD -> new ZstdInputStreamNoFinalizer(in).setLongMax(ZSTD_WINDOW_LOG);
      case BZIP2 -> new BZip2CompressorInputStream(in, true);
    };
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    file.allow(MOST_AT_A_TIME);
    try {
      if (content == null) {
        content = open(compression, file);
      }
      return content.read(bytes, offset, length);
    } catch (IOException | RuntimeException e) {
      // Not every library has a checked exception for each way of being damaged.
      throw new DamagedException(e);
    }
  }

  /** Gives back the libraries' memory, some of which no garbage collector knows; not the file. */
  @Override
  public void close() throws IOException {
    if (content != null) {
      content.close();
    }
  }

  /** The bytes do not decompress, or not within the memory that they may have. */
  static final class DamagedException extends IOException {
    private static final long serialVersionUID = 1L;

    DamagedException(Exception cause) {
      super(said(cause), cause);
    }

    private static String said(Exception cause) {
      String message = cause.getMessage();
      if (message != null) {
        return message;
      }
      return cause instanceof EOFException ? "it ends too early" : cause.toString();
    }

    boolean wantsMemory() {
      return getCause() instanceof org.tukaani.xz.MemoryLimitException
          || getCause() instanceof com.github.luben.zstd.ZstdIOException
              && String.valueOf(getMessage()).contains("too much memory");
    }
  }
}
