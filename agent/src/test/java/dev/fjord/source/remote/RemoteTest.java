package dev.fjord.source.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import dev.fjord.source.Upstream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real servers on the loopback interface, good ones and bad ones. */
class RemoteTest {
  private static final FetchLimits LONG =
      new FetchLimits(Duration.ofMinutes(1), Duration.ofMinutes(5));
  private static final FetchLimits SHORT =
      new FetchLimits(Duration.ofSeconds(2), Duration.ofMinutes(5));

  @TempDir Path folder;
  private Upstream upstream;
  private Repository mirror;

  @BeforeEach
  void an_upstream() throws IOException {
    upstream = new Upstream(folder.resolve("slart.git"));
    mirror = HermeticGit.create(folder.resolve("mirror.git"));
  }

  @AfterEach
  void close() {
    upstream.close();
    mirror.close();
  }

  @Test
  void fetches_by_http() throws Exception {
    try (GitHttpServer server = new GitHttpServer(folder, null)) {
      fetchesTwice("http://127.0.0.1:" + server.port() + "/slart.git", Access.NONE);
      server.ask("secret");
      String a = push("C");
      assertThat(
              fetch("http://linda:secret@127.0.0.1:" + server.port() + "/slart.git", Access.NONE))
          .isEqualTo(a);
    }
  }

  @Test
  void a_wrong_password_is_told_without_telling_it() throws Exception {
    push("A");
    try (GitHttpServer server = new GitHttpServer(folder, null)) {
      server.ask("secret");
      Problem problem =
          refused("http://linda:wrong@127.0.0.1:" + server.port() + "/slart.git", Access.NONE);
      assertThat(problem.code()).isEqualTo("access-denied");
      assertThat(problem.toString()).doesNotContain("wrong").doesNotContain("linda");
      Problem none = refused("http://127.0.0.1:" + server.port() + "/slart.git", Access.NONE);
      assertThat(none.code()).isEqualTo("access-denied");
    }
  }

  @Test
  void a_repository_that_the_server_does_not_have_is_missing() throws Exception {
    try (GitHttpServer server = new GitHttpServer(folder, null)) {
      Problem problem = refused("http://127.0.0.1:" + server.port() + "/other.git", Access.NONE);
      assertThat(problem.code()).isEqualTo("repository-missing");
      assertThat(problem.summary()).contains("/other.git");
    }
  }

  @Test
  void a_connection_that_is_cut_in_a_pack_leaves_a_mirror_that_fetches_again() throws Exception {
    String tip = pushLarge();
    try (GitHttpServer server = new GitHttpServer(folder, null)) {
      String url = "http://127.0.0.1:" + server.port() + "/slart.git";
      for (int bytes : new int[] {100, 5_000, 100_000}) {
        server.cutAfter(bytes);
        assertThat(refused(url, Access.NONE).code()).isEqualTo("fetch-failed");
      }
      server.cutAfter(Integer.MAX_VALUE);
      assertThat(fetch(url, Access.NONE)).isEqualTo(tip);
    }
  }

  @Test
  void a_certificate_that_nobody_vouches_for_is_refused() throws Exception {
    push("A");
    try (GitHttpServer server = new GitHttpServer(folder, selfSigned())) {
      Problem problem = refused("https://localhost:" + server.port() + "/slart.git", Access.NONE);
      assertThat(problem.code()).isEqualTo("certificate-refused");
      assertThat(problem.hint()).contains("update-ca-certificates");
    }
  }

  @Test
  void nobody_at_the_port_is_unreachable() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    assertThat(refused("http://127.0.0.1:" + port + "/slart.git", Access.NONE).code())
        .isEqualTo("repository-unreachable");
    Access access = sshAccess(GitSshServer.key(), "");
    assertThat(refused("ssh://git@127.0.0.1:" + port + "/slart.git", access).code())
        .isEqualTo("repository-unreachable");
  }

  @Test
  void a_name_that_nobody_knows_is_unreachable() {
    assertThat(refused("http://no-such-host.invalid/slart.git", Access.NONE).summary())
        .contains("name is unknown");
  }

  @Test
  void a_server_that_never_answers_is_left_after_the_limit() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Problem http =
          refused("http://127.0.0.1:" + silent.getLocalPort() + "/slart.git", Access.NONE, SHORT);
      assertThat(http.code()).isEqualTo("repository-silent");
      assertThat(http.summary()).contains("no answer within 2 s");
      Access access = sshAccess(GitSshServer.key(), "");
      String ssh = "ssh://git@127.0.0.1:" + silent.getLocalPort() + "/a.git";
      assertThat(refused(ssh, access, SHORT).code()).isEqualTo("repository-silent");
    }
  }

  @Test
  void a_server_that_drips_is_left_at_the_deadline() throws Exception {
    try (ServerSocket dripping = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> drip(dripping));
      FetchLimits limits = new FetchLimits(Duration.ofMinutes(1), Duration.ofSeconds(3));
      String url = "http://127.0.0.1:" + dripping.getLocalPort() + "/slart.git";
      Problem problem = refused(url, Access.NONE, limits);
      assertThat(problem.code()).isEqualTo("fetch-timeout");
      assertThat(problem.summary()).contains("not complete after 3 s");
    }
  }

  @Test
  void fetches_by_ssh() throws Exception {
    KeyPair user = GitSshServer.key();
    try (GitSshServer server = new GitSshServer(GitSshServer.key(), user)) {
      Access access = sshAccess(user, server.knownHostsLine());
      fetchesTwice("ssh://git@127.0.0.1:" + server.port() + upstream.folder(), access);
    }
  }

  @Test
  void an_unknown_host_key_is_refused_and_shown() throws Exception {
    push("A");
    KeyPair user = GitSshServer.key();
    try (GitSshServer server = new GitSshServer(GitSshServer.key(), user)) {
      String url = "ssh://git@127.0.0.1:" + server.port() + upstream.folder();
      Problem unknown = refused(url, sshAccess(user, "example.org ssh-rsa garbage\n"));
      assertThat(unknown.code()).isEqualTo("host-key-unknown");
      assertThat(unknown.summary()).contains("SHA256:", "known_hosts");
      assertThat(unknown.hint()).contains("ssh-keyscan -p " + server.port() + " 127.0.0.1");

      String other = server.knownHostsLine(GitSshServer.key());
      assertThat(refused(url, sshAccess(user, other)).code()).isEqualTo("host-key-changed");
      String revoked = "@revoked " + server.knownHostsLine() + server.knownHostsLine();
      assertThat(refused(url, sshAccess(user, revoked)).summary()).contains("revoked");
      assertThat(refused(url, Access.NONE).code()).isEqualTo("known-hosts-missing");
    }
  }

  @Test
  void a_key_that_the_server_does_not_know_is_denied() throws Exception {
    push("A");
    try (GitSshServer server = new GitSshServer(GitSshServer.key(), GitSshServer.key())) {
      String url = "ssh://git@127.0.0.1:" + server.port() + upstream.folder();
      Problem problem = refused(url, sshAccess(GitSshServer.key(), server.knownHostsLine()));
      assertThat(problem.code()).isEqualTo("access-denied");
      assertThat(problem.hint()).contains("deploy key");
    }
  }

  @Test
  void leaves_no_thread_behind() throws Exception {
    KeyPair user = GitSshServer.key();
    try (GitSshServer server = new GitSshServer(GitSshServer.key(), user)) {
      Access access = sshAccess(user, server.knownHostsLine());
      fetchesTwice("ssh://git@127.0.0.1:" + server.port() + upstream.folder(), access);
    }
    await().atMost(Duration.ofMinutes(2)).until(RemoteTest::threadsOfGit, List::isEmpty);
  }

  private static List<String> threadsOfGit() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        // JGit's one idle daemon for the lifetime of the process.
        .filter(name -> !name.equals("JGit-WorkQueue"))
        .filter(name -> name.contains("JGit") || name.contains("sshd") || name.contains("fjord"))
        .toList();
  }

  private void fetchesTwice(String url, Access access) throws IOException {
    String a = push("A");
    assertThat(fetch(url, access)).isEqualTo(a);
    assertThat(fetch(url, access)).isEqualTo(a);
    String b = push("B", a);
    assertThat(fetch(url, access)).isEqualTo(b);
  }

  private String push(String message, String... parents) throws IOException {
    String commit = upstream.commit(message, parents);
    upstream.push("main", commit);
    return commit;
  }

  private String pushLarge() throws IOException {
    Random seeded = new Random(1);
    StringBuilder noise = new StringBuilder();
    for (int i = 0; i < 100_000; i++) {
      noise.append(Integer.toHexString(seeded.nextInt()));
    }
    String commit = upstream.commit("Large", Map.of("noise.txt", noise.toString()));
    upstream.push("main", commit);
    return commit;
  }

  private String fetch(String url, Access access) throws IOException {
    ObjectId tip = new Remote(RemoteUrl.of(url), access, LONG).fetchBranch(mirror, "main");
    assertThat(mirror.getObjectDatabase().has(tip)).isTrue();
    return tip.name();
  }

  private Problem refused(String url, Access access) {
    return refused(url, access, LONG);
  }

  private Problem refused(String url, Access access, FetchLimits limits) {
    Remote remote = new Remote(RemoteUrl.of(url), access, limits);
    ProblemException refusal =
        catchThrowableOfType(ProblemException.class, () -> remote.fetchBranch(mirror, "main"));
    assertThat(refusal).as(url).isNotNull();
    assertThat(refusal.problem().hint()).as(refusal.problem().toString()).isNotNull();
    return refusal.problem();
  }

  private Access sshAccess(KeyPair user, String knownHosts) throws Exception {
    Path file = Files.writeString(folder.resolve("known_hosts"), knownHosts);
    return new Access(GitSshServer.identity(user, folder.resolve("identity")), file, Map.of());
  }

  private static void drip(ServerSocket server) {
    try (Socket socket = server.accept()) {
      socket
          .getOutputStream()
          .write("HTTP/1.1 200 OK\r\nX-Drip: ".getBytes(StandardCharsets.US_ASCII));
      while (!socket.isClosed()) {
        socket.getOutputStream().write('.');
        socket.getOutputStream().flush();
        Thread.sleep(100);
      }
    } catch (IOException | InterruptedException theClientLeft) {
      // As it should.
    }
  }

  private SSLContext selfSigned() throws Exception {
    Path store = folder.resolve("tls.p12");
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    int exit =
        new ProcessBuilder(
                keytool,
                "-genkeypair",
                "-alias",
                "tls",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost",
                "-storetype",
                "PKCS12",
                "-storepass",
                "changeit",
                "-keystore",
                store.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor();
    assertThat(exit).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, "changeit".toCharArray());
    }
    KeyManagerFactory managers = KeyManagerFactory.getInstance("SunX509");
    managers.init(keys, "changeit".toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }
}
