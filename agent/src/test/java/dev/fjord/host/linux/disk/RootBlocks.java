package dev.fjord.host.linux.disk;

import dev.fjord.host.HostPort.Progress;
import dev.fjord.host.linux.Samples;
import dev.fjord.host.linux.origin.VerifiedCopy;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Digest;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Layout;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.Source;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** What tests write into COW files, and read out of them, as a kernel does. */
final class RootBlocks {
  private RootBlocks() {}

  /** Stores an image {@code tiny} of random bytes. */
  static Digest store(Layout layout, long size) throws IOException {
    byte[] bytes = new byte[(int) size];
    new Random(7).nextBytes(bytes);
    Path source = layout.state().resolve("source.img");
    Files.createDirectories(layout.state());
    Files.write(source, bytes);
    Digest digest = VerifiedCopy.ofFile(source, size, done -> {}).digest();
    new ImageStore(layout)
        .store(
            ModelFixtures.image(
                Samples.name("tiny"), new Source.FileSource(source), digest, new ByteSize(size)),
            Progress.SILENT);
    return digest;
  }

  static InstanceRecord with(@Nullable ByteSize root, InstanceRecord r) {
    return new InstanceRecord(
        r.identity(),
        r.uid(),
        r.leases(),
        r.base(),
        r.kernel(),
        r.revision(),
        r.applied().withRoot(root),
        null);
  }

  /** Writes a sector and marks it. */
  static void write(Path cow, long size, long sector, String text) throws IOException {
    put(cow, CowFile.length(size) - size + sector * 512, text);
    try (RandomAccessFile file = new RandomAccessFile(cow.toFile(), "rw")) {
      file.seek(CowFile.BITMAP_AT + sector / 8);
      int marks = file.read();
      file.seek(CowFile.BITMAP_AT + sector / 8);
      file.write(marks | 1 << (sector % 8));
    }
  }

  static void put(Path path, long at, String text) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.seek(at);
      file.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  static String read(Path cow, long size, long sector) throws IOException {
    byte[] bytes = new byte[16];
    try (RandomAccessFile file = new RandomAccessFile(cow.toFile(), "r")) {
      file.seek(CowFile.length(size) - size + sector * 512);
      file.readFully(bytes);
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
