package dev.fjord.host.linux.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.host.HostPort.Progress;
import dev.fjord.host.linux.Samples;
import dev.fjord.host.linux.origin.Compression;
import dev.fjord.host.linux.origin.Packed;
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
import java.net.ProxySelector;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A process that is killed while it fetches, and another one that goes on. */
@Timeout(120)
class KilledDownloadTest {
  private static final int SIZE = 5 << 20;

  /** What is written of the bytes that came: whole mebibytes. */
  private static final int CAME = 3 << 20;

  @TempDir Path folder;

  @AfterEach
  void release() {
    Samples.release(folder);
  }

  @ParameterizedTest
  @EnumSource(names = {"NONE", "GZIP"})
  void the_next_one_asks_only_for_the_rest(Compression compression) throws Exception {
    var content = new byte[SIZE];
    new Random(1).nextBytes(content);
    var hasher = Digest.hasher();
    hasher.update(content);
    var digest = Digest.of(hasher);
    var state = folder.resolve("state");
    var tls = Tls.make(folder);
    try (var server = new FileServer(tls.context())) {
      server.content = compression == Compression.NONE ? content : Packed.by(compression, content);
      server.stallAfter = CAME + 5;
      killed(tls, state, server.uri("/tiny.img"), digest);
      server.stallAfter = Integer.MAX_VALUE;
      var image = image(server.uri("/tiny.img"), digest);
      var layout = Layout.of(state.toString(), "/run/fjord-test");
      new ImageStore(layout, new Web(tls.context(), ProxySelector.of(null), TransferLimits.USUAL))
          .store(image, Progress.SILENT);
      var place = layout.image(image.name(), digest);
      assertThat(place).hasBinaryContent(content);
      assertThat(server.requests())
          .containsExactly("/tiny.img", "/tiny.img bytes=" + CAME + "- if \"one\"");
      try (var left = Files.list(place.getParent())) {
        assertThat(left).hasSize(2).contains(place, place.resolveSibling(digest + ".verdict"));
      }
    }
  }

  private static void killed(Tls tls, Path state, URI uri, Digest digest) throws Exception {
    var builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Djavax.net.ssl.trustStore=" + tls.store(),
            "-Djavax.net.ssl.trustStorePassword=" + Tls.PASSWORD,
            "-cp",
            System.getProperty("java.class.path"),
            KilledDownloadTest.class.getName(),
            state.toString(),
            uri.toString(),
            digest.hex());
    builder.environment().put("no_proxy", "*");
    var process = builder.inheritIO().start();
    var part =
        Layout.of(state.toString(), "/run/fjord-test")
            .image(Samples.name("tiny"), digest)
            .resolveSibling(".fjord-unfinished-" + digest + ".img.part");
    while (!Files.exists(part, LinkOption.NOFOLLOW_LINKS) || Files.size(part) < CAME) {
      assertThat(process.isAlive()).as("it ended before it was killed").isTrue();
      Thread.sleep(20);
    }
    assertThat(process.destroyForcibly().waitFor()).isEqualTo(128 + 9);
  }

  /** The process: arguments are the state folder, the address and the digest. */
  public static void main(String[] words) {
    new ImageStore(Layout.of(words[0], "/run/fjord-test"))
        .store(image(URI.create(words[1]), new Digest(words[2])), Progress.SILENT);
  }

  private static Image image(URI uri, Digest digest) {
    return ModelFixtures.image(
        Samples.name("tiny"), new HttpsSource(uri), digest, new ByteSize(SIZE));
  }
}
