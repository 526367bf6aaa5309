package dev.fjord.host.linux.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fjord.host.HostPort.Progress;
import dev.fjord.host.linux.Samples;
import dev.fjord.host.linux.build.KernelInstaller;
import dev.fjord.host.linux.origin.Compression;
import dev.fjord.host.linux.origin.Packed;
import dev.fjord.host.linux.origin.web.ConnectProxy;
import dev.fjord.host.linux.origin.web.FileServer;
import dev.fjord.host.linux.origin.web.Tls;
import dev.fjord.host.linux.origin.web.TransferLimits;
import dev.fjord.host.linux.origin.web.Web;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Digest;
import dev.fjord.model.Image;
import dev.fjord.model.Layout;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.Source.HttpsSource;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import dev.fjord.process.Command;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Images that come by https: from a real server, whole, in parts and otherwise. */
@Timeout(120)
class WebImageTest {
  private static final int SIZE = 5 << 20;
  private static final byte[] CONTENT = content();
  private static final Digest DIGEST = digest(CONTENT);
  private static final int SHORT_CUT = 700_001;
  private static final int CUT = (1 << 20) + 777;

  @TempDir static Path shared;
  private static Tls tls;

  @TempDir Path folder;
  private Layout layout = Samples.NOWHERE;
  private FileServer server;

  @BeforeAll
  static void certificate() throws Exception {
    tls = Tls.make(shared);
  }

  @BeforeEach
  void open() throws Exception {
    layout = Layout.of(folder.resolve("state").toString(), "/run/fjord-test");
    server = new FileServer(tls.context());
    server.content = CONTENT;
  }

  @AfterEach
  void close() {
    server.close();
    Samples.release(folder);
  }

  @ParameterizedTest
  @EnumSource
  void stores_what_it_holds_sparse_and_once(Compression compression) throws Exception {
    server.content = packed(compression);
    var said = new ArrayList<String>();
    store(TransferLimits.USUAL).store(image(), said::add);
    assertWhole();
    var blocks = Command.of("stat", "-c", "%b", place().toString()).output().strip();
    // Two of the five mebibytes hold data; both ends are zeros.
    assertThat(512 * Long.parseLong(blocks)).isBetween(2L << 20, (2L << 20) + (64 << 10));
    assertThat(said.get(0)).matches("image tiny: \\d+ % of [35] MiB");
    assertThat(said.get(said.size() - 1)).startsWith("image tiny: stored");
    store(TransferLimits.USUAL).store(image(), Progress.SILENT);
    assertThat(server.requests()).containsExactly("/tiny.img");
  }

  @Test
  void a_kernel_comes_the_same_way_also_in_chunks() throws Exception {
    server.chunked = true;
    var kernel =
        ModelFixtures.kernel(
            Samples.name("uml"), new HttpsSource(server.uri("/a,b:c/linux")), DIGEST);
    new KernelInstaller(
            layout, new KernelStore(layout, web(TransferLimits.USUAL)), Clock.systemUTC())
        .store(kernel, Progress.SILENT);
    assertThat(layout.kernel(kernel.name(), DIGEST)).hasBinaryContent(CONTENT);
  }

  @ParameterizedTest
  @EnumSource(names = {"NONE", "XZ", "ZSTD"})
  void a_cut_is_gone_on_with_within_the_run(Compression compression) throws Exception {
    server.content = packed(compression);
    server.cutAfter = SHORT_CUT;
    server.cuts.set(2);
    store(impatient(2)).store(image(), Progress.SILENT);
    assertWhole();
    assertThat(server.requests())
        .containsExactly(
            "/tiny.img",
            "/tiny.img bytes=" + SHORT_CUT + "- if \"one\"",
            "/tiny.img bytes=" + 2 * SHORT_CUT + "- if \"one\"");
  }

  @ParameterizedTest
  @EnumSource(names = {"NONE", "GZIP", "XZ"})
  void a_cut_is_gone_on_with_by_the_next_run(Compression compression) throws Exception {
    server.content = packed(compression);
    server.cutAfter = CUT;
    server.cuts.set(1);
    server.tag = "W/\"weak\"";
    server.time = "Sun, 22 Nov 2026 08:00:00 GMT";
    var problem = refused(store(impatient(0)), image());
    assertThat(problem.code()).isEqualTo("download-broken");
    assertThat(problem.summary())
        .isEqualTo(
            "the source of image tiny could not be fetched: the connection broke after %d of %d"
                    .formatted(CUT, server.content.length)
                + " bytes: "
                + server.uri("/tiny.img"));
    assertThat(problem.hint()).isEqualTo("Nothing is lost: the next run goes on from there.");
    assertThat(left()).hasSize(2).allMatch(path -> path.contains("/.fjord-unfinished-"));

    var said = new ArrayList<String>();
    store(impatient(0)).store(image(), said::add);
    assertThat(said.get(0)).isEqualTo("image tiny: goes on after 2 MiB");
    assertWhole();
    assertThat(server.requests())
        .containsExactly("/tiny.img", "/tiny.img bytes=" + CUT + "- if " + server.time);
  }

  @Test
  void another_version_on_the_server_is_fetched_anew() throws Exception {
    server.content = new byte[SIZE];
    server.cutAfter = CUT;
    server.cuts.set(1);
    refused(store(impatient(0)), image());
    server.tag = "\"two\"";
    server.content = CONTENT;
    store(impatient(0)).store(image(), Progress.SILENT);
    assertWhole();
    assertThat(server.requests())
        .containsExactly("/tiny.img", "/tiny.img bytes=" + CUT + "- if \"one\"");
  }

  @Test
  void another_address_is_fetched_anew() throws Exception {
    server.cutAfter = CUT;
    server.cuts.set(1);
    refused(store(impatient(0)), image());
    store(impatient(0)).store(image(server.uri("/moved.img")), Progress.SILENT);
    assertWhole();
    assertThat(server.requests()).containsExactly("/tiny.img", "/moved.img");
  }

  @Test
  void a_server_that_gives_no_parts_is_asked_for_everything_again() throws Exception {
    server.givesParts = false;
    server.cutAfter = CUT;
    server.cuts.set(1);
    store(impatient(1)).store(image(), Progress.SILENT);
    assertWhole();
    assertThat(server.requests())
        .containsExactly("/tiny.img", "/tiny.img bytes=" + CUT + "- if \"one\"", "/tiny.img");
  }

  @Test
  void a_server_that_names_no_version_leaves_nothing_to_go_on_with() throws Exception {
    server.tag = null;
    server.cutAfter = CUT;
    server.cuts.set(1);
    var problem = refused(store(impatient(3)), image());
    assertThat(problem.code()).isEqualTo("download-broken");
    assertThat(problem.hint())
        .isEqualTo(
            "The next run begins anew. A server that gives parts of a file (Range, with an ETag or"
                + " Last-Modified) would save that.");
    assertThat(left()).isEmpty();
    store(impatient(0)).store(image(), Progress.SILENT);
    assertThat(server.requests()).containsExactly("/tiny.img", "/tiny.img");
  }

  @Test
  void a_part_that_was_damaged_here_is_thrown_away_and_all_fetched_anew() throws Exception {
    server.cutAfter = 3 << 20;
    server.cuts.set(1);
    refused(store(impatient(0)), image());
    try (var part = new RandomAccessFile(part().toFile(), "rw")) {
      part.seek((1 << 20) + 5);
      part.write(1);
    }
    store(impatient(0)).store(image(), Progress.SILENT);
    assertWhole();
    assertThat(server.requests())
        .containsExactly("/tiny.img", "/tiny.img bytes=" + (3 << 20) + "- if \"one\"", "/tiny.img");
  }

  @Test
  void a_part_that_is_all_there_is_is_put_to_use() throws Exception {
    server.cutAfter = SIZE - 1;
    server.cuts.set(1);
    refused(store(impatient(0)), image());
    try (var part = new RandomAccessFile(part().toFile(), "rw")) {
      part.setLength(SIZE);
    }
    store(impatient(0)).store(image(), Progress.SILENT);
    assertWhole();
    assertThat(server.requests()).hasSize(2);
  }

  @Test
  void a_link_in_the_place_of_a_part_is_not_followed() throws Exception {
    var other = Files.writeString(folder.resolve("other"), "somebody's");
    Files.createDirectories(part().getParent());
    Files.createSymbolicLink(part(), other);
    Files.createSymbolicLink(note(), other);
    store(impatient(0)).store(image(), Progress.SILENT);
    assertWhole();
    assertThat(other).hasContent("somebody's");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "a\nb\nc", "%s\nETag\n\r\n", "%s\nIf-Range\n\"one\"\n"})
  void a_part_of_nobody_knows_what_is_thrown_away(String note) throws Exception {
    Files.createDirectories(part().getParent());
    Files.write(part(), new byte[4096]);
    var uri = Digest.ofText(server.uri("/tiny.img").toString()).hex();
    Files.writeString(note(), note.formatted(uri));
    store(impatient(0)).store(image(), Progress.SILENT);
    assertWhole();
    assertThat(server.requests()).containsExactly("/tiny.img");
  }

  @Test
  void a_server_that_stalls_is_left_and_gone_on_with() throws Exception {
    server.stallAfter = CUT;
    var problem = refused(store(stalling()), image());
    assertThat(problem.code()).isEqualTo("download-stalled");
    assertThat(problem.summary())
        .isEqualTo(
            "the source of image tiny could not be fetched: localhost stalled after %d of %d"
                    .formatted(CUT, SIZE)
                + " bytes: "
                + server.uri("/tiny.img"));
    assertThat(problem.detail()).isEqualTo("no byte in 5 s");
    assertThat(problem.hint()).isEqualTo("Nothing is lost: the next run goes on from there.");
    server.stallAfter = Integer.MAX_VALUE;
    store(impatient(0)).store(image(), Progress.SILENT);
    assertWhole();
  }

  @Test
  void a_run_waits_so_long_and_no_longer() {
    var limits =
        new TransferLimits(
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            0,
            Duration.ZERO,
            Duration.ZERO,
            List.of());
    var problem = refused(store(limits), image());
    assertThat(problem.code()).isEqualTo("download-unfinished");
    assertThat(problem.summary())
        .isEqualTo(
            "the source of image tiny could not be fetched: 0 of 5242880 bytes came in 0 s, which"
                + " is all that one run waits for: "
                + server.uri("/tiny.img"));
    assertThat(problem.hint()).isEqualTo("Nothing is lost: the next run goes on from there.");
  }

  @Test
  void another_digest_is_told_and_not_gone_on_with() throws Exception {
    server.content = new byte[SIZE];
    var problem = refused(store(impatient(0)), image());
    assertThat(problem.code()).isEqualTo("digest-mismatch");
    assertThat(problem.summary())
        .isEqualTo("the source of image tiny is not what is pinned: " + server.uri("/tiny.img"));
    assertThat(left()).isEmpty();
    server.content = CONTENT;
    store(impatient(0)).store(image(), Progress.SILENT);
    assertThat(server.requests()).containsExactly("/tiny.img", "/tiny.img");
  }

  @Test
  void a_length_that_is_not_pinned_is_refused_before_it_is_fetched() throws Exception {
    server.content = Arrays.copyOf(CONTENT, SIZE - 512);
    var problem = refused(store(impatient(0)), image());
    assertThat(problem.summary())
        .isEqualTo(
            "the source of image tiny has 5242368 bytes, not 5242880 (5MiB): "
                + server.uri("/tiny.img"));
    server.content = new byte[64 << 20];
    problem = refused(store(impatient(0)), image());
    assertThat(problem.summary())
        .isEqualTo(
            "the source of image tiny could not be fetched: has 67108864 bytes, and 6946816 are"
                + " the most: "
                + server.uri("/tiny.img"));
    assertThat(left()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"NONE", "GZIP"})
  void more_than_may_come_ends_the_download(Compression compression) throws Exception {
    server.chunked = true;
    server.content =
        compression == Compression.NONE
            ? new byte[64 << 20]
            : Packed.by(compression, new byte[64 << 20]);
    var problem = refused(store(impatient(0)), image());
    assertThat(problem.code()).isEqualTo("source-size");
    assertThat(problem.summary()).contains("has more than 5242880 bytes (5MiB)");
    assertThat(left()).isEmpty();
  }

  @Test
  void what_follows_the_announced_end_is_not_read() throws Exception {
    try (var listener =
            (SSLServerSocket)
                tls.context()
                    .getServerSocketFactory()
                    .createServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      threads.execute(() -> sendTooMuch(listener));
      var uri = URI.create("https://localhost:" + listener.getLocalPort() + "/tiny.img");
      store(impatient(0)).store(image(uri), Progress.SILENT);
    }
    assertWhole();
  }

  private static void sendTooMuch(SSLServerSocket listener) {
    try (var socket = (SSLSocket) listener.accept()) {
      socket.getInputStream().readNBytes(64);
      var head = "HTTP/1.1 200 OK\r\nContent-Length: " + SIZE + "\r\n\r\n";
      var out = socket.getOutputStream();
      out.write(head.getBytes(StandardCharsets.US_ASCII));
      out.write(CONTENT);
      out.write("and something else".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException theClientLeft) {
      // As it may: it has what it wants.
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "401 | No password is sent: the file has to be there for everybody who knows its address."
            + " Or put it on this host, and use file:.",
        "403 | No password is sent: the file has to be there for everybody who knows its address."
            + " Or put it on this host, and use file:.",
        "404 | Correct spec.source, or put the file back.",
        "500 | The next run tries again; the server's log may say more.",
        "503 | The next run tries again; the server's log may say more."
      })
  void an_answer_that_is_no_file_is_told(int status, String hint) throws Exception {
    server.status = status;
    var problem = refused(store(impatient(1)), image(server.uri("/tiny.img?token=secret")));
    assertThat(problem.code()).isEqualTo("download-refused");
    assertThat(problem.summary())
        .isEqualTo(
            "the source of image tiny could not be fetched: localhost answered %d: %s?…"
                .formatted(status, server.uri("/tiny.img")));
    assertThat(problem.hint()).isEqualTo(hint);
    assertThat(server.requests()).hasSize(status < 500 ? 1 : 2);
    assertThat(left()).isEmpty();
  }

  @Test
  void a_part_outlives_an_answer_that_is_no_file() throws Exception {
    server.cutAfter = CUT;
    server.cuts.set(1);
    refused(store(impatient(0)), image());
    server.status = 503;
    refused(store(impatient(0)), image());
    server.status = 200;
    store(impatient(0)).store(image(), Progress.SILENT);
    assertWhole();
    assertThat(server.requests().get(2)).startsWith("/tiny.img bytes=" + CUT);
  }

  @Test
  void redirects_are_followed_with_the_range_to_the_end() throws Exception {
    server.redirects.put("/latest", "/b");
    server.redirects.put("/b", server.uri("/c?sig=x").toString());
    server.redirects.put("/c?sig=x", "tiny.img#part");
    server.cutAfter = CUT;
    server.cuts.set(1);
    store(impatient(1)).store(image(server.uri("/latest")), Progress.SILENT);
    assertWhole();
    assertThat(server.requests())
        .hasSize(8)
        .startsWith("/latest", "/b", "/c?sig=x", "/tiny.img")
        .endsWith("/tiny.img bytes=" + CUT + "- if \"one\"");
  }

  @ParameterizedTest
  @CsvSource({
    "http://localhost/tiny.img?sig=secret, http://localhost/tiny.img?…",
    "file:///etc/passwd, file:///etc/passwd",
    "https://linda:secret@localhost/x, https://localhost/x",
    "'', ''"
  })
  void a_redirect_to_elsewhere_is_not_followed(String location, String shown) {
    server.redirects.put("/tiny.img", location);
    var problem = refused(store(impatient(0)), image());
    assertThat(problem.code()).isEqualTo("bad-redirect");
    assertThat(problem.summary())
        .isEqualTo(
            "the source of image tiny could not be fetched: localhost redirects to what is no"
                + " https: source: "
                + server.uri("/tiny.img"));
    assertThat(problem.detail()).isEqualTo(shown);
    assertThat(problem.hint())
        .isEqualTo("Only https: addresses without user name and password are followed.");
  }

  @Test
  void redirects_have_an_end() {
    server.redirects.put("/tiny.img", "/tiny.img");
    var problem = refused(store(impatient(0)), image());
    assertThat(problem.summary()).contains("localhost redirects more than 10 times");
    assertThat(server.requests()).hasSize(11);
  }

  @Test
  void a_certificate_that_nobody_vouches_for_is_refused() {
    var web = new Web(null, ProxySelector.of(null), impatient(3));
    var problem = refused(new ImageStore(layout, web), image());
    assertThat(problem.code()).isEqualTo("certificate-refused");
    assertThat(problem.summary())
        .isEqualTo(
            "the source of image tiny could not be fetched: its certificate is not trusted, or TLS"
                + " failed: "
                + server.uri("/tiny.img"));
    assertThat(problem.detail()).contains("unable to find valid certification path");
    assertThat(problem.hint()).contains("keytool -importcert -cacerts");
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void a_certificate_for_another_name_is_refused() {
    var uri = URI.create("https://127.0.0.1:" + server.port() + "/tiny.img");
    var problem = refused(store(impatient(0)), image(uri));
    assertThat(problem.code()).isEqualTo("certificate-refused");
    assertThat(problem.detail()).contains("127.0.0.1");
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void nobody_at_home_is_told() throws Exception {
    server.close();
    var problem = refused(store(impatient(0)), image());
    assertThat(problem.code()).isEqualTo("download-unreachable");
    assertThat(problem.summary()).contains("nobody accepted the connection");
    problem = refused(store(impatient(3)), image(URI.create("https://nobody.invalid/x.img")));
    assertThat(problem.summary())
        .isEqualTo(
            "the source of image tiny could not be fetched: the name nobody.invalid is unknown:"
                + " https://nobody.invalid/x.img");
  }

  @Test
  void a_proxy_connects_through() throws Exception {
    try (var proxy = new ConnectProxy()) {
      var selector =
          ProxySelector.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port()));
      var web = new Web(tls.context(), selector, impatient(0));
      new ImageStore(layout, web).store(image(), Progress.SILENT);
      assertThat(proxy.asked())
          .containsExactly("CONNECT localhost:%d HTTP/1.1".formatted(server.port()));
    }
    assertWhole();
  }

  @Test
  void what_nobody_has_gone_on_with_for_a_week_is_removed() throws Exception {
    var old = layout.images().resolve("old");
    Files.createDirectories(old);
    var forgotten = Files.createFile(old.resolve(".fjord-unfinished-x.img.part"));
    Files.setLastModifiedTime(
        forgotten,
        java.nio.file.attribute.FileTime.from(java.time.Instant.now().minus(Duration.ofDays(8))));
    var recent = Files.createFile(old.resolve(".fjord-unfinished-y.img.part"));
    store(impatient(0)).store(image(), Progress.SILENT);
    assertThat(forgotten).doesNotExist();
    assertThat(recent).exists();
  }

  private ImageStore store(TransferLimits limits) {
    return new ImageStore(layout, web(limits));
  }

  private static Web web(TransferLimits limits) {
    return new Web(tls.context(), ProxySelector.of(null), limits);
  }

  private static TransferLimits impatient(int attempts) {
    return new TransferLimits(
        Duration.ofSeconds(30),
        Duration.ofSeconds(30),
        0,
        Duration.ofMinutes(10),
        Duration.ofMinutes(10),
        java.util.Collections.nCopies(attempts, Duration.ZERO));
  }

  private static TransferLimits stalling() {
    return new TransferLimits(
        Duration.ofSeconds(30),
        Duration.ofSeconds(5),
        0,
        Duration.ofMinutes(10),
        Duration.ofMinutes(10),
        List.of());
  }

  private Image image() {
    return image(server.uri("/tiny.img"));
  }

  private static Image image(URI uri) {
    return ModelFixtures.image(
        Samples.name("tiny"), new HttpsSource(uri), DIGEST, new ByteSize(SIZE));
  }

  private Path place() {
    return layout.image(Samples.name("tiny"), DIGEST);
  }

  private Path part() {
    return place().resolveSibling(".fjord-unfinished-" + DIGEST + ".img.part");
  }

  private Path note() {
    return place().resolveSibling(".fjord-unfinished-" + DIGEST + ".img.version");
  }

  private static byte[] packed(Compression compression) throws Exception {
    return compression == Compression.NONE ? CONTENT : Packed.by(compression, CONTENT);
  }

  private void assertWhole() throws Exception {
    assertThat(place()).hasBinaryContent(CONTENT);
    assertThat(new ImageStore(layout).observe().value()).hasSize(1);
    assertThat(left()).containsExactly(place().toString());
  }

  private List<String> left() throws Exception {
    try (var walk = Files.walk(layout.images())) {
      return walk.filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
          .map(Path::toString)
          .filter(path -> !path.contains("/old/") && !path.endsWith(".verdict"))
          .toList();
    }
  }

  private static Problem refused(ImageStore store, Image image) {
    return catchThrowableOfType(ProblemException.class, () -> store.store(image, Progress.SILENT))
        .problem();
  }

  private static byte[] content() {
    var bytes = new byte[SIZE];
    var noise = new byte[2 << 20];
    new Random(1).nextBytes(noise);
    System.arraycopy(noise, 0, bytes, 1 << 20, noise.length);
    return bytes;
  }

  private static Digest digest(byte[] bytes) {
    var hasher = Digest.hasher();
    hasher.update(bytes);
    return Digest.of(hasher);
  }
}
