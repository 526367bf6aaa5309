package dev.fjord.host.linux.origin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fjord.model.ByteSize;
import dev.fjord.model.Digest;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

/** How a source is told to be compressed, and what may not be done to whoever reads it. */
class SourceFileTest {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
  void the_first_bytes_decide_and_not_the_name(Compression compression) throws Exception {
    var content = content("linux.img", Packed.by(compression, "hello".getBytes(UTF_8)));
    assertThat(content)
        .isEqualTo(new Content(Digest.ofText("hello"), new ByteSize(5), compression, Form.PLAIN));
  }

  @ParameterizedTest
  @ValueSource(strings = {"x.gz", "x.xz", "x.zst", "x.bz2"})
  void a_plain_file_stays_as_it_is_whatever_its_name(String name) throws Exception {
    for (var text : new String[] {"x", "hello", "BZh9 is how bzip2 begins, nearly"}) {
      assertThat(content(name, text.getBytes(UTF_8)))
          .isEqualTo(
              new Content(
                  Digest.ofText(text), new ByteSize(text.length()), Compression.NONE, Form.PLAIN));
    }
  }

  @Test
  void it_is_decompressed_once() throws Exception {
    var inner = Packed.by(Compression.GZIP, "hello".getBytes(UTF_8));
    var hasher = Digest.hasher();
    hasher.update(inner);
    assertThat(content("x", Packed.by(Compression.XZ, inner)).digest())
        .isEqualTo(Digest.of(hasher));
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
  void nothing_compressed_is_nothing_to_store(Compression compression) throws Exception {
    assertThat(refused(Packed.by(compression, new byte[0])).summary())
        .isEqualTo(
            "the file has 0 bytes when it is decompressed (%s): %s"
                .formatted(compression.word(), folder.resolve("x")));
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
  void a_bomb_without_a_pinned_size_ends_at_the_limit(Compression compression) throws Exception {
    Files.write(folder.resolve("x"), Packed.by(compression, new byte[16 << 20]));
    var limit = new Expected(null, null, ByteSize.mib(2));
    long[] read = {0};
    var problem =
        catchThrowableOfType(
                ProblemException.class, () -> source().content(limit, (bytes, of) -> read[0]++))
            .problem();
    assertThat(problem.summary()).contains("has more than 2097152 bytes (2MiB) when it is");
    assertThat(problem.hint())
        .isEqualTo(
            "No more is decompressed where no size is pinned. Put the right file there, or the"
                + " decompressed one.");
    assertThat(read[0]).isEqualTo(3);
  }

  @Test
  void a_dictionary_larger_than_the_agents_memory_is_refused() throws Exception {
    var problem = refused(Packed.by(new byte[1], "xz", "-c", "--lzma2=dict=512MiB"));
    assertThat(problem.code()).isEqualTo("source-memory");
    assertThat(problem.hint()).startsWith("xz may take 96 MiB and zstd a window of 128 MiB");
  }

  @Test
  void an_end_without_a_word_of_the_library_is_named() throws Exception {
    var packed = Packed.by(Compression.XZ, "hello".getBytes(UTF_8));
    assertThat(refused(Arrays.copyOf(packed, packed.length - 1)).detail())
        .startsWith("it ends too early\nfound at or before byte ");
  }

  @Test
  void the_highest_presets_are_read() throws Exception {
    var hello = "hello".getBytes(UTF_8);
    for (var packed :
        new byte[][] {
          Packed.by(hello, "xz", "-9e", "-c"), Packed.by(hello, "zstd", "--ultra", "-22", "-c")
        }) {
      assertThat(content("x", packed).digest()).isEqualTo(Digest.ofText("hello"));
    }
  }

  @Test
  void a_window_larger_than_zstd_allows_is_refused() throws Exception {
    // A frame's header: magic, no content size, a window of 2^31 bytes; then one empty last block.
    byte[] frame = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0, (byte) (21 << 3), 1, 0, 0, 0};
    assertThat(refused(frame).code()).isEqualTo("source-memory");
  }

  @Test
  void a_name_without_an_end_in_a_header_is_not_kept() throws Exception {
    var bytes = new byte[64 << 20];
    Arrays.fill(bytes, (byte) 'x');
    System.arraycopy(new byte[] {0x1f, (byte) 0x8b, 8, 8, 0, 0, 0, 0, 0, 3}, 0, bytes, 0, 10);
    var problem = refused(bytes);
    assertThat(problem.code()).isEqualTo("source-damaged");
    assertThat(problem.detail())
        .startsWith("too many bytes of it hold nothing\nfound at or before");
  }

  @Test
  void frames_to_be_skipped_are_skipped() throws Exception {
    var bytes = new ByteArrayOutputStream();
    bytes.write(new byte[] {0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4});
    bytes.write(Packed.by(Compression.ZSTD, "hello".getBytes(UTF_8)));
    assertThat(content("x", bytes.toByteArray()).digest()).isEqualTo(Digest.ofText("hello"));
  }

  private SourceFile source() {
    return new SourceFile("the file", folder.resolve("x"));
  }

  private Content content(String name, byte[] bytes) throws Exception {
    var file = Files.write(folder.resolve(name), bytes);
    return new SourceFile("the file", file).content(Expected.any(), (read, of) -> {});
  }

  private Problem refused(byte[] bytes) {
    return catchThrowableOfType(ProblemException.class, () -> content("x", bytes)).problem();
  }
}
