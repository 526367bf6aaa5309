package dev.fjord.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.host.linux.origin.Compression;
import dev.fjord.host.linux.origin.Packed;
import dev.fjord.host.linux.origin.web.FileServer;
import dev.fjord.host.linux.origin.web.Tls;
import dev.fjord.model.Digest;
import dev.fjord.report.Paint;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class DigestTest {
  private static final String TEXT = "x".repeat(1024);
  private static final String LINES =
      "  sha256: \"%s\"\n  size: 1KiB\n".formatted(Digest.ofText(TEXT));

  @TempDir private Path folder;

  @Test
  void prints_the_lines_of_a_plain_file() throws Exception {
    var file = Files.writeString(folder.resolve("tiny.img"), TEXT);
    for (var source : new String[] {file.toString(), "file:" + file, "file://" + file}) {
      var run = CommandRun.alone("digest", source);
      assertThat(run).isEqualTo(new CommandRun(0, LINES, ""));
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
  void prints_the_lines_of_what_a_compressed_file_holds(Compression compression) throws Exception {
    var file = packed(compression);
    assertThat(CommandRun.alone("digest", file.toString()))
        .isEqualTo(
            new CommandRun(
                0,
                LINES,
                "of what it holds when it is decompressed (%s)\n".formatted(compression.word())));
  }

  @Test
  void prints_json_for_a_program() throws Exception {
    var run = CommandRun.alone("digest", "--format=json", packed(Compression.XZ).toString());
    assertThat(run.out())
        .isEqualTo(
            """
            {
              "version" : 1,
              "sha256" : "%s",
              "size" : "1KiB",
              "bytes" : 1024,
              "compression" : "xz",
              "form" : "plain"
            }
            """
                .formatted(Digest.ofText(TEXT)));
    assertThat(run.err()).isEmpty();
  }

  @Test
  void says_what_can_be_no_image() throws Exception {
    var file = Files.writeString(folder.resolve("linux"), "a kernel");
    var run = CommandRun.alone("digest", file.toString());
    assertThat(run.exit()).isZero();
    assertThat(run.err()).isEqualTo("no image: its size is no multiple of 512 bytes\n");
  }

  @Test
  void an_archive_is_pinned_with_its_format() throws Exception {
    var file = folder.resolve("rootfs.tar");
    var archive = new byte[10_240];
    System.arraycopy("ustar".getBytes(UTF_8), 0, archive, 257, 5);
    Files.write(file, archive);
    var hasher = Digest.hasher();
    hasher.update(archive);
    assertThat(CommandRun.alone("digest", file.toString()))
        .isEqualTo(
            new CommandRun(
                0,
                "  format: tar\n  sha256: \"%s\"\n".formatted(Digest.of(hasher)),
                "an archive of 10KiB: for an Image, write 'size' as large as its file system is to"
                    + " be\n"));
  }

  @Test
  void a_debian_package_is_told() throws Exception {
    var text = "!<arch>\ndebian-binary   1783179093  0     0     100644  4         `\n2.0\n";
    var file = Files.writeString(folder.resolve("uml.deb"), text);
    assertThat(CommandRun.alone("digest", file.toString()))
        .isEqualTo(
            new CommandRun(
                0,
                "  sha256: \"%s\"\n".formatted(Digest.ofText(text)),
                "a Debian package: for a Kernel, which is unpacked from it\n"));
    assertThat(CommandRun.alone("digest", "--format=json", file.toString()).out())
        .contains("\"form\" : \"debian-package\"");
  }

  @Test
  void what_is_no_whole_file_gives_no_lines() throws Exception {
    var cut = packed(Compression.GZIP);
    Files.write(cut, Arrays.copyOf(Files.readAllBytes(cut), 20));
    var damaged = CommandRun.alone("digest", cut.toString());
    assertThat(damaged.exit()).isEqualTo(1);
    assertThat(damaged.out()).isEmpty();
    assertThat(damaged.err())
        .startsWith(
            "fjord: the file could not be decompressed (gzip): " + cut + " [source-damaged]\n")
        .contains("found at or before byte 20 of it")
        .contains("hint: It is cut short or damaged");
    var missing = CommandRun.alone("digest", folder.resolve("gone").toString());
    assertThat(missing.exit()).isEqualTo(1);
    assertThat(missing.err()).contains("[source-missing]");
    assertThat(CommandRun.alone("digest", folder.toString()).err()).contains("is a directory");
  }

  @Test
  void what_is_no_file_of_this_host_is_wrong_usage() {
    for (var source :
        new String[] {
          "http://example.org/x", "https://u:p@example.org/x", "file:x", "file:/a/../b", "", "\0"
        }) {
      assertThat(CommandRun.alone("digest", source).exit()).as(source).isEqualTo(64);
    }
    assertThat(CommandRun.alone("digest").exit()).isEqualTo(64);
    assertThat(CommandRun.alone("digest", "http://example.org/x").err())
        .contains("http: is no source: anybody on the way could see and hold back what it brings");
    assertThat(CommandRun.alone("digest", "https://linda:secret@example.org/x").err())
        .contains("an https: source has no user name or password in it");
  }

  @Test
  void prints_the_lines_of_a_file_on_the_web() throws Exception {
    var tls = Tls.make(folder);
    var before = SSLContext.getDefault();
    SSLContext.setDefault(tls.context());
    try (var server = new FileServer(tls.context())) {
      server.content = Packed.by(Compression.XZ, TEXT.getBytes(UTF_8));
      var run = CommandRun.alone("digest", server.uri("/tiny.img.xz").toString());
      assertThat(run.out()).isEqualTo(LINES);
      assertThat(run.exit()).isZero();
      server.status = 404;
      var gone = CommandRun.alone("digest", server.uri("/tiny.img.xz?token=secret").toString());
      assertThat(gone.exit()).isEqualTo(1);
      assertThat(gone.err())
          .contains("the file could not be fetched: localhost answered 404: ")
          .doesNotContain("secret");
    } finally {
      SSLContext.setDefault(before);
    }
  }

  @Test
  void shows_how_far_it_has_come_where_somebody_watches() throws Exception {
    var file = Files.write(folder.resolve("big"), new byte[3 << 20]);
    var err = new StringWriter();
    var terminal =
        new Terminal(
            new PrintWriter(new StringWriter()),
            new PrintWriter(err),
            Paint.NONE,
            Paint.NONE,
            true);
    assertThat(Fjord.commandLine(terminal, FakeOperations::new).execute("digest", file.toString()))
        .isZero();
    assertThat(err.toString())
        .isEqualTo("\r33 % of 3 MiB\033[K\r66 % of 3 MiB\033[K\r100 % of 3 MiB\033[K\r\033[K\r");
  }

  private Path packed(Compression compression) throws Exception {
    return Files.write(folder.resolve("tiny.img"), Packed.by(compression, TEXT.getBytes(UTF_8)));
  }
}
