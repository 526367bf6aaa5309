package dev.fjord.host.linux.origin;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.luben.zstd.Zstd;
import dev.fjord.model.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Files compressed by the real programs where they are installed, else by the libraries. */
public final class Packed {
  /** By what was compressed and how: some programs take a second for what many tests begin with. */
  private static final Map<String, byte[]> KNOWN = new ConcurrentHashMap<>();

  private Packed() {}

  /** The bytes are the caller's. */
  public static byte[] by(Compression compression, byte[] content) throws Exception {
    var hasher = Digest.hasher();
    hasher.update(content);
    var key = compression.word() + Digest.of(hasher);
    var known = KNOWN.get(key);
    if (known == null) {
      known =
          isInstalled(compression.word())
              ? by(content, compression.word(), "-c")
              : byLibrary(compression, content);
      KNOWN.put(key, known);
    }
    return known.clone();
  }

  /** By this command line; the test is skipped where the program is missing. */
  public static byte[] by(byte[] content, String program, String... options) throws Exception {
    assumeTrue(isInstalled(program), program + " is not installed");
    Path in = Files.createTempFile("packed", ".in");
    Path out = Files.createTempFile("packed", ".out");
    try {
      Files.write(in, content);
      List<String> words = new ArrayList<>(List.of(program));
      words.addAll(List.of(options));
      int exit =
          new ProcessBuilder(words)
              .redirectInput(in.toFile())
              .redirectOutput(out.toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor();
      if (exit != 0) {
        throw new IOException(words + " ended with " + exit);
      }
      return Files.readAllBytes(out);
    } finally {
      Files.delete(in);
      Files.delete(out);
    }
  }

  private static boolean isInstalled(String program) {
    return Files.isExecutable(Path.of("/usr/bin", program));
  }

  private static byte[] byLibrary(Compression compression, byte[] content) throws IOException {
    if (compression == Compression.ZSTD) {
      return Zstd.compress(content);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out =
        switch (compression) {
          case GZIP -> new GZIPOutputStream(bytes);
          case XZ -> new XZOutputStream(bytes, new LZMA2Options());
          case BZIP2 -> new BZip2CompressorOutputStream(bytes);
          case NONE, ZSTD -> bytes;
        }) {
      out.write(content);
    }
    return bytes.toByteArray();
  }
}
