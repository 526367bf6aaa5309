package dev.fjord.source.remote;

import dev.fjord.net.Proxies;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import org.eclipse.jgit.transport.http.HttpConnection;
import org.eclipse.jgit.transport.http.JDKHttpConnection;
import org.eclipse.jgit.transport.http.JDKHttpConnectionFactory;
import org.jspecify.annotations.Nullable;

/**
 * HTTP as fjord wants it of JGit: through the proxy that the environment names, through which
 * images are fetched, too, and with attention to servers that ask for a pause.
 */
final class HttpAccess extends JDKHttpConnectionFactory {
  private static final int TOO_MANY_REQUESTS = 429;

  /** A server announces its capabilities within its first lines. */
  private static final int CAPABILITIES = 4096;

  private final Proxies proxies;

  HttpAccess(Map<String, String> environment) {
    proxies = new Proxies(environment);
  }

  @Override
  public HttpConnection create(URL url) throws IOException {
    return new Listening(url, proxies.select(URI.create(url.toString())).get(0));
  }

  @Override
  public HttpConnection create(URL url, @Nullable Proxy ofTheJvm) throws IOException {
    return create(url);
  }

  /**
   * The server has too much to do (429 and 503 of RFC 9110 and RFC 6585).
   *
   * <p>Its {@link #wait} is what {@code Retry-After} asks for; null when it asks for nothing.
   */
  static final class Busy extends IOException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final @Nullable Duration wait;

    Busy(int status, @Nullable String retryAfter, Instant now) {
      super("HTTP status " + status + (retryAfter == null ? "" : ", Retry-After: " + retryAfter));
      this.status = status;
      this.wait = retryAfter == null ? null : duration(retryAfter.strip(), now);
    }

    int status() {
      return status;
    }

    @Nullable Duration asked() {
      return wait;
    }

    /** Seconds or a date, RFC 9110, 10.2.3. */
    private static @Nullable Duration duration(String text, Instant now) {
      try {
        Duration wait =
            text.matches("[0-9]{1,9}")
                ? Duration.ofSeconds(Long.parseLong(text))
                : Duration.between(
                    now,
                    ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
        return wait.isNegative() ? Duration.ZERO : wait;
      } catch (DateTimeException nothingThatIsUnderstood) {
        return null;
      }
    }
  }

  private static final class Listening extends JDKHttpConnection {
    Listening(URL url, Proxy proxy) throws IOException {
      super(url, proxy);
    }

    @Override
    public int getResponseCode() throws IOException {
      int status = super.getResponseCode();
      if (status == TOO_MANY_REQUESTS || status == HttpURLConnection.HTTP_UNAVAILABLE) {
        throw new Busy(status, getHeaderField("Retry-After"), Instant.now());
      }
      return status;
    }

    /** A client that does not ask for SHA-256 gets no answer that explains the refusal. */
    @Override
    public InputStream getInputStream() throws IOException {
      InputStream in = super.getInputStream();
      if (!getURL().getPath().endsWith("/info/refs")) {
        return in;
      }
      BufferedInputStream marked = new BufferedInputStream(in, CAPABILITIES);
      marked.mark(CAPABILITIES);
      String beginning = new String(marked.readNBytes(CAPABILITIES), StandardCharsets.ISO_8859_1);
      if (beginning.contains("object-format=sha256")) {
        marked.close();
        throw new IOException("the server has object-format=sha256");
      }
      marked.reset();
      return marked;
    }
  }
}
