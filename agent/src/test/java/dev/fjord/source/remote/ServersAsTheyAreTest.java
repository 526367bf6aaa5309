package dev.fjord.source.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fjord.model.Tree;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import dev.fjord.process.Command;
import dev.fjord.source.OpenTree;
import dev.fjord.source.Repositories;
import dev.fjord.source.Upstream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyStore;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.eclipse.jgit.lib.Repository;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What servers, proxies and repositories are like that people really have. */
class ServersAsTheyAreTest {
  private static final FetchLimits LONG =
      new FetchLimits(Duration.ofMinutes(2), Duration.ofMinutes(10));

  @TempDir Path folder;
  private Upstream upstream;
  private Repository mirror;
  private String first = "";
  private String tip = "";

  // first--tip (main), topic (refs/pull/3/head)
  @BeforeEach
  void an_upstream() throws IOException {
    upstream = new Upstream(folder.resolve("slart.git"));
    mirror = HermeticGit.create(folder.resolve("mirror.git"));
    first = upstream.commit("first");
    tip = upstream.commit("tip", first);
    upstream.push("main", tip);
  }

  @AfterEach
  void close() {
    upstream.close();
    mirror.close();
  }

  @Test
  void any_ref_and_any_commit_can_be_named_by_url() throws Exception {
    String topic = upstream.commit("topic", first);
    git("update-ref", "refs/pull/3/head", topic);
    git("update-ref", "HEAD", tip);
    git("tag", "-a", "-m", "one", "v1", first);
    String hidden = upstream.commit("hidden", first);
    try (GitHttpServer server = new GitHttpServer(folder, null)) {
      String http = "http://127.0.0.1:" + server.port() + "/slart.git";
      for (String url : List.of(http, "file://" + upstream.folder())) {
        assertThat(text(url, "refs/pull/3/head")).isEqualTo("topic");
        assertThat(text(url, "pull/3/head")).isEqualTo("topic");
        assertThat(text(url, "refs/heads/main")).isEqualTo("tip");
        assertThat(text(url, "main~1")).isEqualTo("first");
        assertThat(text(url, "v1")).isEqualTo("first");
        assertThat(text(url, topic)).isEqualTo("topic");
        assertThat(text(url, first)).isEqualTo("first");
        assertThat(text(url, hidden)).as("on no branch").isEqualTo("hidden");
        assertThat(text(url, tip.substring(0, 8))).isEqualTo("tip");
        for (String none : List.of("refs/pull/4/head", "main~7", "0".repeat(40), "beef")) {
          assertThatThrownBy(() -> text(url, none))
              .hasMessage("there is no commit '" + none + "' in the repository");
        }
      }
    }
  }

  @Test
  void only_what_is_named_is_fetched() throws Exception {
    for (int i = 0; i < 300; i++) {
      git("update-ref", "refs/heads/many/" + i, first);
    }
    try (GitHttpServer server = new GitHttpServer(folder, null)) {
      Remote remote = remote("http://127.0.0.1:" + server.port() + "/slart.git", Map.of());
      assertThat(remote.fetchBranch(mirror, "main").name()).isEqualTo(tip);
      assertThat(mirror.getRefDatabase().getRefs()).isEmpty();
      assertThat(text("http://127.0.0.1:" + server.port() + "/slart.git", "many/7"))
          .isEqualTo("first");
    }
  }

  @Test
  void the_environments_proxy_is_asked_for_git_too() throws Exception {
    // A server that takes whole URLs is all that a proxy of plain HTTP is.
    try (GitHttpServer proxy = new GitHttpServer(folder, null)) {
      String url = "http://repository.invalid/slart.git";
      Map<String, String> environment = Map.of("http_proxy", "http://127.0.0.1:" + proxy.port());
      assertThat(remote(url, environment).fetchBranch(mirror, "main").name()).isEqualTo(tip);

      Map<String, String> direct =
          Map.of("http_proxy", "http://127.0.0.1:" + proxy.port(), "no_proxy", ".invalid");
      assertThat(refused(remote(url, direct)).summary()).contains("the host's name is unknown");
      Map<String, String> bad = Map.of("http_proxy", "socks9://u:Trillian7@127.0.0.1:1");
      Problem problem = refused(remote(url, bad));
      assertThat(problem.code()).isEqualTo("bad-proxy");
      assertThat(problem.toString()).doesNotContain("Trillian7");
    }
  }

  @Test
  void https_goes_through_a_proxy_as_well() throws Exception {
    try (ServerSocket proxy = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      CompletableFuture<String> asked = new CompletableFuture<>();
      Thread.ofVirtual().start(() -> refuseTunnel(proxy, asked));
      Map<String, String> environment =
          Map.of("HTTPS_PROXY", "http://127.0.0.1:" + proxy.getLocalPort());
      refused(remote("https://repository.invalid/slart.git", environment));
      assertThat(asked.get()).isEqualTo("CONNECT repository.invalid:443 HTTP/1.1");
    }
  }

  private static void refuseTunnel(ServerSocket proxy, CompletableFuture<String> asked) {
    try (Socket socket = proxy.accept();
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
      asked.complete(in.readLine());
      while (!in.readLine().isEmpty()) {
        // The rest of the question.
      }
      socket
          .getOutputStream()
          .write("HTTP/1.1 502 Bad Gateway\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      asked.completeExceptionally(e);
    }
  }

  @Test
  void a_token_may_stand_in_the_place_of_the_user() throws Exception {
    try (GitHttpServer server = new GitHttpServer(folder, null)) {
      server.askForToken("ghp_0123456789abcdef");
      String host = "@127.0.0.1:" + server.port() + "/slart.git";
      assertThat(
              remote("http://ghp_0123456789abcdef" + host, Map.of())
                  .fetchBranch(mirror, "main")
                  .name())
          .isEqualTo(tip);
      Problem problem = refused(remote("http://ghp_otherotherother1" + host, Map.of()));
      assertThat(problem.code()).isEqualTo("access-denied");
      assertThat(problem.toString()).doesNotContain("otherother");
    }
  }

  @Test
  void a_server_that_asks_for_a_pause_gets_it() throws Exception {
    try (GitHttpServer server = new GitHttpServer(folder, null)) {
      Remote remote = remote("http://127.0.0.1:" + server.port() + "/slart.git", Map.of());
      server.refuse(429, "0");
      assertThat(refused(remote).code()).isEqualTo("server-busy");
      assertThat(refused(remote).summary()).contains("HTTP status 429");
      int before = server.requests();
      server.refuse(503, "3600");
      Problem busy = refused(remote);
      assertThat(busy.summary()).contains("HTTP status 503");
      assertThat(busy.hint()).contains("3600 s");
      assertThat(server.requests()).isGreaterThan(before);
      int asked = server.requests();
      server.refuse(0, null);
      assertThat(refused(remote)).isEqualTo(busy);
      assertThat(server.requests()).as("left alone").isEqualTo(asked);

      Remote another = remote("http://127.0.0.1:" + server.port() + "/slart.git", Map.of());
      String later =
          ZonedDateTime.now(ZoneOffset.UTC)
              .plusDays(9)
              .format(DateTimeFormatter.RFC_1123_DATE_TIME);
      server.refuse(503, later);
      assertThat(refused(another).hint()).contains("asks for a pause");
      server.refuse(503, "soon");
      assertThat(refused(remote("http://127.0.0.1:" + server.port() + "/a.git", Map.of())).code())
          .isEqualTo("server-busy");
    }
  }

  @Test
  void a_repository_of_sha256_is_named() throws Exception {
    Path other = folder.resolve("sha256.git");
    Command.of("git", "init", "-q", "--bare", "--object-format=sha256", other.toString()).output();
    String tree = in(other, "mktree");
    String commit =
        in(
            other,
            "-c",
            "user.name=t",
            "-c",
            "user.email=t@example.org",
            "commit-tree",
            "-m",
            "x",
            tree);
    in(other, "update-ref", "refs/heads/main", commit);
    try (GitHttpServer server = new GitHttpServer(folder, null)) {
      for (String url :
          List.of("http://127.0.0.1:" + server.port() + "/sha256.git", other.toString())) {
        assertCode(refused(remote(url, Map.of())), "repository-sha256");
      }
    }
  }

  @Test
  void a_repository_with_a_hole_is_named() throws Exception {
    String blob = git("rev-parse", tip + ":fjord.yaml");
    Path object =
        upstream.folder().resolve("objects/" + blob.substring(0, 2) + "/" + blob.substring(2));
    Files.delete(object);
    try (GitHttpServer server = new GitHttpServer(folder, null)) {
      for (String url :
          List.of(
              "http://127.0.0.1:" + server.port() + "/slart.git", upstream.folder().toString())) {
        assertCode(refused(remote(url, Map.of())), "repository-incomplete");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "rubbish",
        "author x\n\nm\n",
        "tree zzzz\nauthor x\n\nm\n",
        "tree TREE\nparent nobody\n\nm\n",
        "tree TREE\nparent 2222222222222222222222222222222222222222\n\nm\n",
        "tree 1111111111111111111111111111111111111111\n\nm\n",
      })
  void a_commit_that_is_none_is_named_whoever_serves_it(String content) throws Exception {
    String tree = git("rev-parse", tip + "^{tree}");
    Path file = Files.writeString(folder.resolve("odd"), content.replace("TREE", tree));
    String odd = git("hash-object", "-t", "commit", "-w", "--literally", file.toString());
    Files.writeString(upstream.folder().resolve("refs/heads/main"), odd + "\n");
    try (GitHttpServer server = new GitHttpServer(folder, null)) {
      for (String url :
          List.of(
              "http://127.0.0.1:" + server.port() + "/slart.git", upstream.folder().toString())) {
        Problem problem = refused(remote(url, Map.of()));
        assertThat(problem.code())
            .as("%s", problem)
            .isIn("revision-malformed", "repository-incomplete");
        assertThat(problem.hint()).contains("git fsck");
      }
    }
  }

  @Test
  void a_partial_clone_is_named() throws Exception {
    Path partial = folder.resolve("partial.git");
    git("config", "uploadpack.allowFilter", "true");
    Command.of(
            "git",
            "clone",
            "-q",
            "--bare",
            "--filter=blob:none",
            "file://" + upstream.folder(),
            partial.toString())
        .output();
    in(partial, "remote", "remove", "origin");
    try (GitHttpServer server = new GitHttpServer(folder, null)) {
      for (String url :
          List.of("http://127.0.0.1:" + server.port() + "/partial.git", partial.toString())) {
        assertCode(refused(remote(url, Map.of())), "repository-incomplete");
      }
    }
  }

  @Test
  void a_shell_that_talks_is_named() throws Exception {
    KeyPair user = GitSshServer.key();
    try (GitSshServer server = new GitSshServer(GitSshServer.key(), user)) {
      server.greet("Welcome to slart!\nYou have mail.\n");
      Path known = Files.writeString(folder.resolve("known_hosts"), server.knownHostsLine());
      Access access =
          new Access(GitSshServer.identity(user, folder.resolve("identity")), known, Map.of());
      String url = "ssh://git@127.0.0.1:" + server.port() + upstream.folder();
      Problem problem = refused(new Remote(RemoteUrl.of(url), access, LONG));
      assertCode(problem, "server-talks");
      assertThat(problem.detail()).contains("Welc");
      server.greet("");
      assertThat(new Remote(RemoteUrl.of(url), access, LONG).fetchBranch(mirror, "main").name())
          .isEqualTo(tip);
    }
  }

  @Test
  void a_host_that_only_an_authority_vouches_for_is_named() throws Exception {
    KeyPair user = GitSshServer.key();
    try (GitSshServer server = new GitSshServer(GitSshServer.key(), user)) {
      Path known =
          Files.writeString(
              folder.resolve("known_hosts"),
              "@cert-authority " + server.knownHostsLine(GitSshServer.key()));
      Access access =
          new Access(GitSshServer.identity(user, folder.resolve("identity")), known, Map.of());
      String url = "ssh://git@127.0.0.1:" + server.port() + upstream.folder();
      Problem problem = refused(new Remote(RemoteUrl.of(url), access, LONG));
      assertThat(problem.code()).isEqualTo("host-key-authority");
      assertThat(problem.hint()).contains("ssh-keyscan");
      Files.writeString(known, server.knownHostsLine(), java.nio.file.StandardOpenOption.APPEND);
      assertThat(new Remote(RemoteUrl.of(url), access, LONG).fetchBranch(mirror, "main").name())
          .isEqualTo(tip);
    }
  }

  @Test
  void what_is_wrong_with_a_certificate_is_named() throws Exception {
    SSLSocketFactory usual = HttpsURLConnection.getDefaultSSLSocketFactory();
    try {
      assertThat(certificate("-30d", "7", "dns:localhost").summary()).contains("has expired");
      assertThat(certificate("+30d", "7", "dns:localhost").summary()).contains("not valid yet");
      assertThat(certificate("-1d", "7", "dns:example.org").summary()).contains("another name");
    } finally {
      HttpsURLConnection.setDefaultSSLSocketFactory(usual);
    }
  }

  /** Asks a server whose certificate is from an authority that everybody trusts here. */
  private Problem certificate(String from, String days, String name) throws Exception {
    Path store = folder.resolve("tls-" + from + name.hashCode() + ".p12");
    keytool(store, "-genkeypair", "-alias", "ca", "-dname", "CN=ca", "-ext", "bc:c");
    keytool(store, "-genkeypair", "-alias", "tls", "-dname", "CN=x");
    Path request = folder.resolve("request");
    Path signed = folder.resolve("signed");
    keytool(store, "-certreq", "-alias", "tls", "-file", request.toString());
    keytool(
        store,
        "-gencert",
        "-alias",
        "ca",
        "-infile",
        request.toString(),
        "-outfile",
        signed.toString(),
        "-startdate",
        from,
        "-validity",
        days,
        "-ext",
        "san=" + name);
    keytool(store, "-importcert", "-alias", "tls", "-file", signed.toString(), "-noprompt");
    KeyStore keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
    KeyManagerFactory managers = KeyManagerFactory.getInstance("SunX509");
    managers.init(keys, "changeit".toCharArray());
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("ca", keys.getCertificate("ca"));
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    keys.deleteEntry("ca");
    managers = KeyManagerFactory.getInstance("SunX509");
    managers.init(keys, "changeit".toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), trust.getTrustManagers(), null);
    HttpsURLConnection.setDefaultSSLSocketFactory(context.getSocketFactory());
    try (GitHttpServer server = new GitHttpServer(folder, context)) {
      Problem problem =
          refused(remote("https://localhost:" + server.port() + "/slart.git", Map.of()));
      assertThat(problem.code()).isEqualTo("certificate-refused");
      return problem;
    }
  }

  private static void keytool(Path store, String... words) {
    List<String> all =
        new ArrayList<>(
            List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
    all.addAll(List.of(words));
    all.addAll(
        List.of("-keystore", store.toString(), "-storetype", "PKCS12", "-storepass", "changeit"));
    if (words[0].equals("-genkeypair")) {
      all.addAll(List.of("-keyalg", "EC", "-validity", "900", "-startdate", "-100d"));
    }
    Command.of(all).timeout(Duration.ofMinutes(5)).output();
  }

  private static void assertCode(Problem problem, String code) {
    assertThat(problem.code()).as("%s", problem).isEqualTo(code);
  }

  private static Remote remote(String url, Map<String, String> environment) {
    return new Remote(RemoteUrl.of(url), new Access(null, null, environment), LONG);
  }

  private Problem refused(Remote remote) {
    ProblemException refusal =
        catchThrowableOfType(ProblemException.class, () -> remote.fetchBranch(mirror, "main"));
    assertThat(refusal).as("%s", remote.url()).isNotNull();
    assertThat(refusal.problem().hint()).as("%s", refusal.problem()).isNotNull();
    return refusal.problem();
  }

  private static String text(String where, String revision) {
    try (OpenTree open = Repositories.open(where, revision, Access.NONE)) {
      Tree tree = open.tree();
      return new String(tree.read(tree.files().get(0), 1000), StandardCharsets.UTF_8);
    }
  }

  private String git(String... words) {
    return in(upstream.folder(), words);
  }

  private static String in(Path repository, String... words) {
    List<String> all =
        Stream.concat(
                Stream.of("git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-C"),
                Stream.concat(Stream.of(repository.toString()), Stream.of(words)))
            .toList();
    return Command.of(all).input("").timeout(Duration.ofMinutes(5)).output().strip();
  }
}
