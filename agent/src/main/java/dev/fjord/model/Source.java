package dev.fjord.model;

import java.net.URI;
import java.nio.file.Path;

/** Where a kernel or an image comes from. */
public sealed interface Source {

  /**
   * A file of the host.
   *
   * @param path absolute
   */
  record FileSource(Path path) implements Source {
    public FileSource {
      if (!path.isAbsolute() || !path.normalize().equals(path)) {
        throw new IllegalArgumentException(
            "a file: source is an absolute path without '..': " + path);
      }
    }

    @Override
    public String toString() {
      return "file:" + path;
    }
  }

  /**
   * A file of a web server.
   *
   * @param uri with {@code https}, a host and a path; what follows {@code ?} may be a secret
   */
  record HttpsSource(URI uri) implements Source {
    /**
     * Parts that do not belong in such an address are refused, and not quoted: they may be secret.
     */
    public HttpsSource {
      if (!"https".equals(uri.getScheme())) {
        throw new IllegalArgumentException("an address on the web begins with https://");
      }
      if (uri.getRawUserInfo() != null
          || uri.getHost() == null && String.valueOf(uri.getRawAuthority()).contains("@")) {
        throw new IllegalArgumentException(
            "an https: source has no user name or password in it: everybody who reads this"
                + " repository would have them");
      }
      if (uri.getHost() == null || uri.getPort() == 0 || uri.getPort() > 65535) {
        throw new IllegalArgumentException("an https: source names a host, and a port up to 65535");
      }
      if (uri.getRawFragment() != null || uri.getRawPath().length() < 2) {
        throw new IllegalArgumentException("an https: source names a file, without '#'");
      }
    }

    static HttpsSource parse(String text) {
      if (!text.matches("[!-~]*")) {
        throw new IllegalArgumentException(
            "an https: source has neither spaces nor letters beyond ASCII: write %20 and the like");
      }
      URI uri;
      try {
        uri = URI.create(text);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "an https: source is an address as a browser shows it when it is copied", e);
      }
      return new HttpsSource(uri);
    }

    /** For people: without what follows {@code ?}. */
    public String shown() {
      return shown(uri);
    }

    /** An address for people: without a user, and without what follows {@code ?}. */
    public static String shown(URI uri) {
      String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
      String query = uri.getRawQuery() == null ? "" : "?…";
      return uri.getScheme() + "://" + uri.getHost() + port + uri.getRawPath() + query;
    }

    @Override
    public String toString() {
      return uri.toString();
    }
  }

  static Source parse(String text) {
    if (text.startsWith("file:")) {
      String path = text.substring("file:".length());
      return new FileSource(Path.of(path.startsWith("//") ? path.substring(2) : path));
    }
    if (text.startsWith("https:")) {
      return HttpsSource.parse(text);
    }
    throw new IllegalArgumentException(
        text.startsWith("http:")
            ? "http: is no source: anybody on the way could see and hold back what it brings;"
                + " write https:"
            : "'" + text + "' is not a source: write file:/absolute/path or https://host/path");
  }
}
