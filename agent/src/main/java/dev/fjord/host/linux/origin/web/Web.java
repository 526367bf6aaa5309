package dev.fjord.host.linux.origin.web;

import dev.fjord.net.Proxies;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How servers are reached.
 *
 * @param trust the authorities whose certificates are trusted; null for those that Java trusts
 * @param proxies which proxy leads where
 */
public record Web(@Nullable SSLContext trust, ProxySelector proxies, TransferLimits limits) {

  /** The usual way on this host: by the environment's proxies and Java's authorities. */
  public static Web usual() {
    return new Web(null, new Proxies(System.getenv()), TransferLimits.USUAL);
  }

  /** A client of its own for one download: it has threads, which are not needed for long. */
  HttpClient client() {
    HttpClient.Builder client =
        HttpClient.newBuilder()
            // One file by one connection: the streams of HTTP/2 would only narrow it.
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(limits.connect())
            .proxy(proxies);
    if (trust != null) {
      client.sslContext(trust);
    }
    return client.build();
  }
}
