package dev.fjord.host.linux.disk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fjord.host.HostPort.Progress;
import dev.fjord.host.linux.Samples;
import dev.fjord.host.linux.build.KernelInstaller;
import dev.fjord.host.linux.origin.Compression;
import dev.fjord.host.linux.origin.Packed;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Digest;
import dev.fjord.model.Image;
import dev.fjord.model.Layout;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.Source;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import dev.fjord.process.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Images whose source is compressed, whole and otherwise, and what the store has afterwards. */
class CompressedSourceTest {
  private static final int SIZE = 5 << 20;

  @TempDir Path folder;
  private Layout layout = Samples.NOWHERE;
  private ImageStore store = new ImageStore(layout);

  @BeforeEach
  void open() {
    layout = Layout.of(folder.resolve("state").toString(), "/run/fjord-test");
    store = new ImageStore(layout);
  }

  @AfterEach
  void release() {
    Samples.release(folder);
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
  void stores_what_it_holds_sparse(Compression compression) throws Exception {
    var said = new ArrayList<String>();
    var image = image(Packed.by(compression, content()));
    store.store(image, said::add);
    var place = layout.image(image.name(), image.version());
    assertThat(place).hasBinaryContent(content());
    assertThat(store.observe().value()).hasSize(1);
    var blocks = Command.of("stat", "-c", "%b", place.toString()).output().strip();
    // Two of the five mebibytes hold data; both ends are zeros.
    assertThat(512 * Long.parseLong(blocks)).isBetween(2L << 20, (2L << 20) + (64 << 10));
    assertThat(said.get(said.size() - 1)).startsWith("image tiny: stored");
    assertThat(said.get(0)).endsWith(" % of 3 MiB");
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
  void one_that_is_cut_short_leaves_nothing(Compression compression) throws Exception {
    var whole = Packed.by(compression, content());
    for (int length : List.of(12, whole.length / 4, whole.length / 2, whole.length - 1)) {
      var problem = refused(image(Arrays.copyOf(whole, length)));
      assertThat(problem.code()).isEqualTo("source-damaged");
      assertThat(problem.summary())
          .isEqualTo(
              "the source of image tiny could not be decompressed (%s): %s"
                  .formatted(compression.word(), source()));
      assertThat(problem.detail()).contains("found at or before byte ");
      assertThat(problem.hint())
          .isEqualTo("It is cut short or damaged, or something follows its end. Fetch it again.");
      assertThat(stored()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
  void a_flipped_bit_is_found_wherever_it_matters(Compression compression) throws Exception {
    var whole = Packed.by(compression, content());
    flip(whole, whole.length / 2);
    assertThat(refused(image(whole)).code()).isIn("source-damaged", "digest-mismatch");
    flip(whole, whole.length / 2);
    for (int place : new Random(7).ints(12, 0, whole.length).toArray()) {
      flip(whole, place);
      try {
        store.store(image(whole), Progress.SILENT);
        // A date or a name, as gzip has them: nothing of the content.
        assertThat(layout.image(Samples.name("tiny"), digest())).hasBinaryContent(content());
        Samples.release(folder);
        Folders.delete(layout.images());
      } catch (ProblemException e) {
        assertThat(stored()).isEmpty();
      }
      flip(whole, place);
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
  void members_one_after_another_are_one_content(Compression compression) throws Exception {
    var first = Packed.by(compression, Arrays.copyOf(content(), 2_000_001));
    var second = Packed.by(compression, Arrays.copyOfRange(content(), 2_000_001, SIZE));
    store.store(image(joined(first, second)), Progress.SILENT);
    assertThat(layout.image(Samples.name("tiny"), digest())).hasBinaryContent(content());
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
  void what_follows_the_end_is_no_part_of_it(Compression compression) throws Exception {
    var whole = Packed.by(compression, content());
    var problem = refused(image(joined(whole, "something else, long enough".getBytes(UTF_8))));
    assertThat(problem.code()).isEqualTo("source-damaged");
    assertThat(stored()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
  void a_bomb_ends_at_the_pinned_size(Compression compression) throws Exception {
    Files.write(source(), Packed.by(compression, new byte[64 << 20]));
    var problem = refused(pinned(digest(), 1 << 20));
    assertThat(problem.summary())
        .isEqualTo(
            "the source of image tiny has more than 1048576 bytes (1MiB) when it is decompressed"
                + " (%s): %s".formatted(compression.word(), source()));
    assertThat(problem.hint()).contains("fjord digest");
    assertThat(stored()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
  void less_than_is_pinned_is_told_with_both_numbers(Compression compression) throws Exception {
    Files.write(source(), Packed.by(compression, content()));
    var problem = refused(pinned(digest(), SIZE + 512));
    assertThat(problem.summary())
        .isEqualTo(
            "the source of image tiny has 5242880 bytes when it is decompressed (%s),"
                    .formatted(compression.word())
                + " not 5243392 (5243392B): "
                + source());
    assertThat(stored()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
  void another_digest_is_told_as_that_of_the_content(Compression compression) throws Exception {
    Files.write(source(), Packed.by(compression, content()));
    var problem = refused(pinned(Samples.IMAGE, SIZE));
    assertThat(problem.detail())
        .isEqualTo(
            "sha256 found:  %s when it is decompressed (%s)\nsha256 pinned: %s"
                .formatted(digest(), compression.word(), Samples.IMAGE));
    assertThat(problem.hint()).endsWith("in spec.sha256: that of the decompressed content.");
    assertThat(stored()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
  void a_kernel_may_be_compressed_too(Compression compression) throws Exception {
    Files.write(source(), Packed.by(compression, content()));
    var kernel =
        ModelFixtures.kernel(Samples.name("uml"), new Source.FileSource(source()), digest());
    new KernelInstaller(layout, new KernelStore(layout), Clock.systemUTC())
        .store(kernel, Progress.SILENT);
    assertThat(layout.kernel(kernel.name(), digest())).hasBinaryContent(content());
  }

  private static byte[] content() {
    var bytes = new byte[SIZE];
    var noise = new byte[2 << 20];
    new Random(1).nextBytes(noise);
    System.arraycopy(noise, 0, bytes, 1 << 20, noise.length);
    return bytes;
  }

  private static Digest digest() {
    var hasher = Digest.hasher();
    hasher.update(content());
    return Digest.of(hasher);
  }

  private Path source() {
    return folder.resolve("tiny.img");
  }

  private Image image(byte[] packed) throws Exception {
    Files.write(source(), packed);
    return pinned(digest(), SIZE);
  }

  private Image pinned(Digest digest, long size) {
    return ModelFixtures.image(
        Samples.name("tiny"), new Source.FileSource(source()), digest, new ByteSize(size));
  }

  private Problem refused(Image image) {
    return catchThrowableOfType(ProblemException.class, () -> store.store(image, Progress.SILENT))
        .problem();
  }

  private List<Path> stored() throws Exception {
    try (var walk = Files.walk(layout.images())) {
      return walk.filter(file -> !Files.isDirectory(file)).toList();
    }
  }

  private static byte[] joined(byte[] one, byte[] other) {
    var both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }

  private static void flip(byte[] bytes, int place) {
    bytes[place] ^= 0x10;
  }
}
