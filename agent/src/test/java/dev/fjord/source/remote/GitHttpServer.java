package dev.fjord.source.remote;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A real Git server by HTTP on the loopback interface: {@code git http-backend} as a CGI. */
final class GitHttpServer implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final Path root;
  private final AtomicInteger requests = new AtomicInteger();
  private volatile @Nullable String credentials;
  private volatile int busy;
  private volatile @Nullable String retryAfter;
  private volatile int cutAfter = Integer.MAX_VALUE;

  GitHttpServer(Path root, @Nullable SSLContext tls) throws IOException {
    this.root = root;
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    if (tls == null) {
      server = HttpServer.create(anyPort, 0);
    } else {
      HttpsServer https = HttpsServer.create(anyPort, 0);
      https.setHttpsConfigurator(new HttpsConfigurator(tls));
      server = https;
    }
    server.createContext("/", this::serve);
    server.setExecutor(workers);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** From now on only {@code linda} with this password is let in. */
  void ask(String newPassword) {
    credentials = "linda:" + newPassword;
  }

  /** From now on only this user name with an empty password is let in. */
  void askForToken(String token) {
    credentials = token + ":";
  }

  /** From now on it answers with this status alone; 0 for as usual. */
  void refuse(int status, @Nullable String newRetryAfter) {
    busy = status;
    retryAfter = newRetryAfter;
  }

  /** How often it was asked. */
  int requests() {
    return requests.get();
  }

  /** From now on the connection breaks after so many bytes of a pack. */
  void cutAfter(int bytes) {
    cutAfter = bytes;
  }

  private void serve(HttpExchange exchange) throws IOException {
    requests.incrementAndGet();
    if (busy != 0) {
      if (retryAfter != null) {
        exchange.getResponseHeaders().set("Retry-After", retryAfter);
      }
      exchange.sendResponseHeaders(busy, -1);
      exchange.close();
      return;
    }
    String wanted = credentials;
    if (wanted != null && !isLetIn(exchange, wanted)) {
      exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"git\"");
      exchange.sendResponseHeaders(401, -1);
      exchange.close();
      return;
    }
    ProcessBuilder builder = new ProcessBuilder("git", "http-backend");
    Map<String, String> environment = builder.environment();
    environment.put("GIT_PROJECT_ROOT", root.toString());
    environment.put("GIT_HTTP_EXPORT_ALL", "1");
    environment.put("GIT_CONFIG_COUNT", "1");
    environment.put("GIT_CONFIG_KEY_0", "safe.directory");
    environment.put("GIT_CONFIG_VALUE_0", "*");
    environment.put("PATH_INFO", exchange.getRequestURI().getPath());
    environment.put("REQUEST_METHOD", exchange.getRequestMethod());
    put(environment, "QUERY_STRING", exchange.getRequestURI().getQuery());
    put(environment, "CONTENT_TYPE", exchange.getRequestHeaders().getFirst("Content-Type"));
    put(environment, "HTTP_CONTENT_ENCODING", header(exchange, "Content-Encoding"));
    put(environment, "GIT_PROTOCOL", header(exchange, "Git-Protocol"));
    Process backend = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (InputStream out = backend.getInputStream()) {
      try (OutputStream in = backend.getOutputStream()) {
        exchange.getRequestBody().transferTo(in);
      }
      answer(exchange, out);
    } finally {
      backend.destroy();
      exchange.close();
    }
  }

  private void answer(HttpExchange exchange, InputStream out) throws IOException {
    int status = 200;
    for (String line : headers(out)) {
      String[] nameAndValue = line.split(": ", 2);
      if (nameAndValue[0].equals("Status")) {
        status = Integer.parseInt(nameAndValue[1].substring(0, 3));
      } else {
        exchange.getResponseHeaders().set(nameAndValue[0], nameAndValue[1]);
      }
    }
    exchange.sendResponseHeaders(status, 0);
    byte[] body = out.readAllBytes();
    boolean isPack = new String(body, StandardCharsets.ISO_8859_1).contains("PACK");
    exchange
        .getResponseBody()
        .write(body, 0, isPack ? Math.min(cutAfter, body.length) : body.length);
    if (isPack && body.length > cutAfter) {
      exchange.getResponseBody().flush();
      throw new IOException("cut on purpose");
    }
    exchange.getResponseBody().close();
  }

  private static List<String> headers(InputStream out) throws IOException {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (int c = out.read(); c >= 0; c = out.read()) {
      if (c != '\n') {
        line.append((char) c);
      } else if (line.toString().isBlank()) {
        break;
      } else {
        lines.add(line.toString().strip());
        line.setLength(0);
      }
    }
    return lines;
  }

  private static boolean isLetIn(HttpExchange exchange, String credentials) {
    String given = Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    return ("Basic " + given).equals(header(exchange, "Authorization"));
  }

  private static @Nullable String header(HttpExchange exchange, String name) {
    return exchange.getRequestHeaders().getFirst(name);
  }

  private static void put(Map<String, String> environment, String name, @Nullable String value) {
    if (value != null) {
      environment.put(name, value);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    workers.shutdownNow();
  }
}
