package dev.fjord.host.linux.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fjord.host.linux.Samples;
import dev.fjord.model.ByteSize;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import dev.fjord.process.Command;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CowBitmapTest {
  private static final int BITMAP_AT = 8192;

  /** A bitmap of one byte, of a buffer, a bit beyond one, and of several with an odd end. */
  private static final long BUFFERFUL = 256L << 20;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(longs = {512, 4096, 64 << 20, BUFFERFUL, BUFFERFUL + 512, 3L << 30})
  void a_fresh_cow_of_uml_mkcow_has_not_diverged(long size) throws Exception {
    assertThat(CowBitmap.diverged(mkcow(size), new ByteSize(size))).isEqualTo(ByteSize.ZERO);
  }

  @ParameterizedTest
  @ValueSource(longs = {512, 4096, 5 * 512, 64 << 20, BUFFERFUL + 512, 3 * BUFFERFUL + 77 * 512})
  void counts_every_sector_that_was_written(long size) throws Exception {
    var cow = fresh(size);
    var sectors = (int) (size / 512);
    var random = new Random(size);
    var written = new BitSet();
    random.ints(1000, 0, sectors).forEach(written::set);
    written.set(0);
    written.set(sectors - 1);
    write(cow, BITMAP_AT, written.toByteArray());
    assertThat(CowBitmap.diverged(cow, new ByteSize(size)))
        .isEqualTo(new ByteSize(512L * written.cardinality()));
  }

  @ParameterizedTest
  @CsvSource({"512, 512", "2560, 2560", "4096, 4096", "268435968, 268435968"})
  void bits_beyond_the_last_sector_count_for_nothing(long size, long diverged) throws Exception {
    var cow = fresh(size);
    var bitmap = new byte[(int) (size / 4096) + 100];
    java.util.Arrays.fill(bitmap, (byte) 0xff);
    write(cow, BITMAP_AT, bitmap);
    assertThat(CowBitmap.diverged(cow, new ByteSize(size))).isEqualTo(new ByteSize(diverged));
  }

  @Test
  void a_header_is_compared_and_never_followed() throws Exception {
    var cow = fresh(1 << 20);
    write(cow, 12, new byte[] {0x7f, -1, -1, -1, -1, -1, -1, -1});
    assertThat(problem(cow, 1 << 20).detail())
        .isEqualTo(
            "root.cow: its header tells of an image of 9223372036854775807 bytes, the stored one"
                + " has 1048576");
    cow = fresh(1 << 20);
    write(cow, 24, new byte[] {-1, -1, -1, -1, 0, 0, 0, 1});
    assertThat(problem(cow, 1 << 20).detail())
        .isEqualTo(
            "root.cow: its header tells of sectors of 512 bytes, aligned to 4294967295, without a"
                + " bitmap; fjord makes them of 512, aligned to 4096, with a bitmap");
  }

  @Test
  void another_kind_of_file_has_no_bitmap() throws Exception {
    var cow = Files.write(folder.resolve("root.cow"), new byte[9000]);
    var problem = problem(cow, 1 << 20);
    assertThat(problem.code()).isEqualTo("cow-unreadable");
    assertThat(problem.summary()).isEqualTo("how far " + cow + " has diverged could not be read");
    assertThat(problem.detail()).isEqualTo("root.cow: it does not begin with a COW header");
    assertThat(problem.hint()).contains("put the file back from a backup");
  }

  @ParameterizedTest
  @ValueSource(longs = {BITMAP_AT - 4000, BITMAP_AT, BITMAP_AT + 2047})
  void a_file_that_was_cut_off_is_not_taken_for_one_with_little_in_it(long length)
      throws Exception {
    var cow = fresh(8 << 20);
    try (var file = new RandomAccessFile(cow.toFile(), "rw")) {
      file.setLength(length);
    }
    assertThat(problem(cow, 8 << 20).detail())
        .isEqualTo("root.cow: it ends within its bitmap of 2048 bytes");
  }

  @Test
  void a_link_or_a_pipe_is_not_opened() throws Exception {
    var cow = fresh(512);
    var link = Files.createSymbolicLink(folder.resolve("link.cow"), cow);
    assertThat(problem(link, 512).detail()).isEqualTo("link.cow: it is no regular file");
    var pipe = folder.resolve("pipe.cow");
    Command.of("mkfifo", pipe.toString()).output();
    assertThat(problem(pipe, 512).detail()).isEqualTo("pipe.cow: it is no regular file");
  }

  @Test
  void a_file_that_is_gone_is_not_one_that_has_not_diverged() {
    assertThat(problem(folder.resolve("root.cow"), 512).summary())
        .isEqualTo("reading the bitmap of " + folder.resolve("root.cow") + " failed");
  }

  private Path mkcow(long size) throws Exception {
    assumeTrue(Samples.isInstalled("uml_mkcow"), "uml_mkcow (package uml-utilities) is missing");
    var cow = folder.resolve("root.cow");
    Command.of("uml_mkcow", cow.toString(), pristine(size).toString()).output();
    return cow;
  }

  private Path fresh(long size) throws Exception {
    var cow = folder.resolve("root.cow");
    Files.deleteIfExists(cow);
    CowFile.create(cow, pristine(size));
    return cow;
  }

  private Path pristine(long size) throws Exception {
    var pristine = folder.resolve("pristine.img");
    Files.deleteIfExists(pristine);
    SparseFile.create(pristine, size);
    return pristine;
  }

  private static void write(Path file, long at, byte[] bytes) throws Exception {
    try (var open = new RandomAccessFile(file.toFile(), "rw")) {
      open.seek(at);
      open.write(bytes);
    }
  }

  private static Problem problem(Path cow, long size) {
    var failure =
        catchThrowableOfType(
            ProblemException.class, () -> CowBitmap.diverged(cow, new ByteSize(size)));
    assertThat(failure).isNotNull();
    return failure.problem();
  }
}
