package dev.fjord.host.linux.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fjord.host.linux.Samples;
import dev.fjord.problem.ProblemException;
import dev.fjord.process.Command;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CowFileTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(longs = {512, 1024, 512 * 8 * 4096, 512 * 8 * 4096 + 512, 64 << 20, 3L << 30})
  void is_byte_for_byte_what_uml_mkcow_writes(long size) throws Exception {
    assumeTrue(Samples.isInstalled("uml_mkcow"), "uml_mkcow (package uml-utilities) is missing");
    var pristine = pristine(size);
    var ours = folder.resolve("ours.cow");
    var theirs = folder.resolve("theirs.cow");
    CowFile.create(ours, pristine);
    Command.of("uml_mkcow", theirs.toString(), pristine.toString()).output();
    assertThat(Files.size(ours)).isEqualTo(Files.size(theirs));
    assertThat(start(ours)).isEqualTo(start(theirs));
  }

  @Test
  void is_a_header_and_a_hole_for_its_owner_alone() throws Exception {
    var cow = folder.resolve("root.cow");
    CowFile.create(cow, pristine(64 << 20));
    assertThat(Files.size(cow)).isEqualTo(67_133_440);
    assertThat(allocated(cow)).isLessThan(64 << 10);
    assertThat(Files.getPosixFilePermissions(cow)).hasSize(2);
  }

  @Test
  void says_what_it_stands_on() throws Exception {
    var pristine = pristine(1 << 20);
    CowFile.create(folder.resolve("root.cow"), pristine);
    var seconds = PinnedFile.MODIFIED.getEpochSecond();
    assertThat(CowHeader.read(folder.resolve("root.cow")))
        .isEqualTo(new CowHeader.V3(pristine, seconds, 1 << 20, 512, 4096, true));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1024", "2048"})
  void stands_on_no_file_system_with_blocks_below_a_page(String block) throws Exception {
    var image = pristine(16 << 20);
    Command.of("mkfs.ext4", "-q", "-F", "-b", block, image.toString()).output();
    assertThatThrownBy(() -> CowFile.create(folder.resolve("root.cow"), image))
        .hasMessage("the file system of " + image + " has blocks of " + block + " bytes");
    assertThat(folder.resolve("root.cow")).doesNotExist();
    Command.of("mkfs.ext4", "-q", "-F", "-b", "4096", image.toString()).output();
    CowFile.create(folder.resolve("root.cow"), image);
    assertThat(folder.resolve("root.cow")).exists();
  }

  @Test
  void refuses_a_path_that_no_header_holds() throws Exception {
    var relative = Path.of("").toAbsolutePath().relativize(pristine(512));
    assertThatThrownBy(() -> CowFile.create(folder.resolve("root.cow"), relative))
        .isInstanceOf(ProblemException.class)
        .hasMessageStartingWith("no COW header can hold the path of the pristine image: ");
    assertThat(folder.resolve("root.cow")).doesNotExist();
  }

  @Test
  void an_existing_file_is_never_overwritten() throws Exception {
    var cow = Files.writeString(folder.resolve("root.cow"), "data");
    var pristine = pristine(512);
    assertThatThrownBy(() -> CowFile.create(cow, pristine)).hasMessageContaining("root.cow");
    assertThat(cow).hasContent("data");
  }

  @Test
  void names_every_other_kind_of_file() {
    assertThat(reason(new byte[0])).isEqualTo("it is shorter than a COW header: 0 bytes");
    assertThat(reason(new byte[5000])).isEqualTo("it does not begin with a COW header");
    assertThat(reason(bytes(header().order(ByteOrder.LITTLE_ENDIAN).putInt(0x4f4f4f4d).putInt(1))))
        .isEqualTo("it is a COW file of version 1, which was superseded before 2003");
    assertThat(reason(bytes(header().putInt(0x4f4f4f4d).putInt(2))))
        .isEqualTo("it is a COW file of version 2, which was superseded before 2003");
    assertThat(reason(bytes(header().putInt(0x4f4f4f4d).putInt(-7))))
        .isEqualTo("it is a COW file of the unknown version -7");
  }

  @Test
  void knows_the_broken_version_3_by_its_wider_time() {
    var broken =
        header()
            .putInt(0x4f4f4f4d)
            .putInt(3)
            .putLong(1_577_836_800L)
            .putLong(1 << 20)
            .putInt(512)
            .putInt(4096)
            .putInt(0)
            .put("/images/tiny".getBytes(StandardCharsets.UTF_8));
    assertThat(reason(bytes(broken)))
        .isEqualTo(
            "it is a COW file of the broken version 3 that some 64-bit kernels wrote, with a time"
                + " of 8 bytes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"relative", "/a,b", "/a:b", "/a b", "/a\nb", "/\u00e9", "/"})
  void takes_no_path_that_fjord_does_not_write(String path) {
    assertThat(reason(version3(path.getBytes(StandardCharsets.UTF_8))))
        .isEqualTo("its COW header names no path that fjord could have written");
  }

  @Test
  void takes_no_path_without_an_end() {
    var path = "/".repeat(4096).getBytes(StandardCharsets.UTF_8);
    assertThat(reason(version3(path)))
        .isEqualTo("its COW header names no path that fjord could have written");
  }

  @Test
  void survives_whatever_a_guest_writes() {
    var random = new Random(42);
    for (int i = 0; i < 10_000; i++) {
      var bytes = version3(new byte[0]);
      var noise = new byte[random.nextInt(200)];
      random.nextBytes(noise);
      System.arraycopy(noise, 0, bytes, 8, noise.length);
      assertThat(CowHeader.parse(bytes)).isNotNull();
    }
  }

  private static byte[] version3(byte[] path) {
    return bytes(header().putInt(0x4f4f4f4d).putInt(3).position(32).put(path));
  }

  private static ByteBuffer header() {
    return ByteBuffer.allocate(4200);
  }

  private static byte[] bytes(ByteBuffer buffer) {
    var bytes = new byte[buffer.capacity()];
    buffer.rewind().get(bytes);
    return bytes;
  }

  private static String reason(byte[] bytes) {
    return ((CowHeader.Other) CowHeader.parse(bytes)).reason();
  }

  private Path pristine(long size) throws Exception {
    var pristine = folder.resolve("pristine.img");
    SparseFile.create(pristine, size);
    return Files.setLastModifiedTime(pristine, FileTime.from(PinnedFile.MODIFIED));
  }

  private static byte[] start(Path file) throws Exception {
    try (var in = Files.newInputStream(file)) {
      return in.readNBytes(1 << 20);
    }
  }

  private static long allocated(Path file) {
    return 512 * Long.parseLong(Command.of("stat", "-c", "%b", file.toString()).output().strip());
  }
}
