package dev.fjord.net;

import dev.fjord.problem.Problem;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The proxy that an environment names: {@code https_proxy} or {@code HTTPS_PROXY}, else {@code
 * all_proxy} or {@code ALL_PROXY}, except for the hosts of {@code no_proxy} or {@code NO_PROXY}
 * (names with all below them, addresses, {@code *}). The proxy is asked for a tunnel (CONNECT), so
 * it sees names and lengths, nothing else. For {@code http:} it is {@code http_proxy}, in small
 * letters alone as in curl(1), since a web server's programs get {@code HTTP_PROXY} from their
 * callers.
 */
public final class Proxies extends ProxySelector {
  private static final int USUAL_PORT = 1080;

  private final Map<String, String> environment;

  public Proxies(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  /**
   * The one way to a server.
   *
   * @throws dev.fjord.problem.ProblemException when the environment's proxy is not one
   */
  @Override
  public List<Proxy> select(URI uri) {
    boolean isPlain = "http".equalsIgnoreCase(uri.getScheme());
    String proxy = isPlain ? given("http_proxy") : value("https_proxy");
    proxy = proxy == null ? value("all_proxy") : proxy;
    return List.of(proxy == null || isDirect(uri) ? Proxy.NO_PROXY : parse(proxy));
  }

  private @Nullable String value(String name) {
    String value = given(name);
    return value == null ? given(name.toUpperCase(Locale.ROOT)) : value;
  }

  private @Nullable String given(String name) {
    String value = environment.getOrDefault(name, "");
    return value.isBlank() ? null : value.strip();
  }

  private boolean isDirect(URI uri) {
    String exceptions = value("no_proxy");
    if (exceptions == null) {
      return false;
    }
    String host = bare(uri.getHost());
    int usual = "http".equalsIgnoreCase(uri.getScheme()) ? 80 : 443;
    int port = uri.getPort() < 0 ? usual : uri.getPort();
    for (String exception : exceptions.split("[,\\s]+", -1)) {
      String name = bare(exception).replaceFirst("^\\*?\\.", "");
      if (exception.equals("*")
          || !name.isEmpty()
              && (matches(host, name) || name.equals(host + ":" + port) && !name.startsWith(":"))) {
        return true;
      }
    }
    return false;
  }

  private static boolean matches(String host, String name) {
    return host.equals(name) || host.endsWith("." + name);
  }

  /** Without the brackets of an IPv6 address. */
  private static String bare(String host) {
    return host.toLowerCase(Locale.ROOT).replaceAll("^\\[|]$", "");
  }

  private static Proxy parse(String text) {
    try {
      URI uri = URI.create(text.contains("://") ? text : "http://" + text);
      if ("http".equals(uri.getScheme()) && uri.getHost() != null && uri.getUserInfo() == null) {
        int port = uri.getPort() < 0 ? USUAL_PORT : uri.getPort();
        return new Proxy(Proxy.Type.HTTP, new InetSocketAddress(uri.getHost(), port));
      }
    } catch (IllegalArgumentException notOne) {
      // Reported below, without the exception's text, which may hold a password.
    }
    throw Problem.of("bad-proxy", "the environment's proxy (https_proxy) cannot be used")
        .hint(
            "It has the form http://host:port: without user name and password, and the way to the"
                + " proxy itself is not encrypted.")
        .asException();
  }

  @Override
  public void connectFailed(URI uri, SocketAddress proxy, IOException failure) {
    // The caller gets the failure itself.
  }
}
