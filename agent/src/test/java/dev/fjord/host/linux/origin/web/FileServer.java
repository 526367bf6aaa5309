package dev.fjord.host.linux.origin.web;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * One file on a real server, by TLS on the loopback interface, with the faults that servers have.
 */
public final class FileServer implements AutoCloseable {
  private final HttpsServer server;
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  /** What is served at {@code /redirect...}: the Location. */
  public final Map<String, String> redirects = new ConcurrentHashMap<>();

  public volatile byte[] content = {};
  public volatile @Nullable String tag = "\"one\"";
  public volatile @Nullable String time;
  public volatile boolean givesParts = true;
  public volatile boolean chunked;
  public volatile int status = 200;

  /** After how many bytes of an answer the connection breaks, as long as {@link #cuts} are left. */
  public volatile int cutAfter;

  public final AtomicInteger cuts = new AtomicInteger();

  /** After how many bytes nothing more is sent. */
  public volatile int stallAfter = Integer.MAX_VALUE;

  public FileServer(SSLContext tls) throws IOException {
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    server.createContext("/", this::serve);
    server.setExecutor(workers);
    server.start();
  }

  public int port() {
    return server.getAddress().getPort();
  }

  public URI uri(String path) {
    return URI.create("https://localhost:" + port() + path);
  }

  /** What was asked for: path, Range and If-Range. */
  public List<String> requests() {
    return requests;
  }

  private void serve(HttpExchange exchange) throws IOException {
    Headers asked = exchange.getRequestHeaders();
    String range = asked.getFirst("Range");
    String path = exchange.getRequestURI().toString();
    requests.add(path + (range == null ? "" : " " + range + " if " + asked.getFirst("If-Range")));
    try (exchange) {
      String location = redirects.get(path);
      if (location != null) {
        exchange.getResponseHeaders().set("Location", location);
        exchange.sendResponseHeaders(302, -1);
      } else if (status != 200) {
        exchange.sendResponseHeaders(status, -1);
      } else {
        answer(exchange, range, asked.getFirst("If-Range"));
      }
    }
  }

  private void answer(HttpExchange exchange, @Nullable String range, @Nullable String version)
      throws IOException {
    Headers headers = exchange.getResponseHeaders();
    if (tag != null) {
      headers.set("ETag", tag);
    }
    if (time != null) {
      headers.set("Last-Modified", time);
    }
    boolean same = version != null && (version.equals(tag) || version.equals(time));
    if (range == null || !givesParts || !same) {
      exchange.sendResponseHeaders(200, chunked ? 0 : content.length);
      send(exchange, 0);
      return;
    }
    int from = Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
    if (from >= content.length) {
      headers.set("Content-Range", "bytes */" + content.length);
      exchange.sendResponseHeaders(416, -1);
      return;
    }
    headers.set(
        "Content-Range", "bytes %d-%d/%d".formatted(from, content.length - 1, content.length));
    exchange.sendResponseHeaders(206, content.length - from);
    send(exchange, from);
  }

  private void send(HttpExchange exchange, int from) throws IOException {
    OutputStream out = exchange.getResponseBody();
    int left = content.length - from;
    if (cutAfter < left && cuts.getAndUpdate(n -> Math.max(n - 1, 0)) > 0) {
      out.write(content, from, cutAfter);
      out.flush();
      // Closed by the caller before the announced end: the connection breaks.
      return;
    }
    out.write(content, from, Math.min(left, stallAfter));
    out.flush();
    if (stallAfter < left) {
      try {
        closed.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return;
    }
    out.close();
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    workers.shutdownNow();
  }
}
