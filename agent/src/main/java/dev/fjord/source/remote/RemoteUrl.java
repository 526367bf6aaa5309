package dev.fjord.source.remote;

import dev.fjord.problem.Printable;
import dev.fjord.problem.Problem;
import dev.fjord.problem.Secrets;
import java.net.URISyntaxException;
import java.util.Locale;
import org.eclipse.jgit.transport.URIish;

/**
 * Where a repository is: {@code file:}, {@code http:}, {@code https:}, {@code ssh:}, {@code
 * user@host:path}, or an absolute path. Its text may hold a password; {@link #toString} never does.
 */
public final class RemoteUrl {
  /** How the other side is reached. */
  public enum Kind {
    FILE,
    HTTP,
    SSH
  }

  private final URIish uri;
  private final Kind kind;

  private RemoteUrl(URIish uri, Kind kind) {
    this.uri = uri;
    this.kind = kind;
  }

  /**
   * Understands what Git understands, except transports that cannot be trusted.
   *
   * @throws dev.fjord.problem.ProblemException {@code repository-url} when it is none of these
   */
  public static RemoteUrl of(String text) {
    try {
      Secrets.learn(text);
      URIish uri = new URIish(text);
      return new RemoteUrl(uri, kind(uri));
    } catch (URISyntaxException | IllegalArgumentException e) {
      throw Problem.of(
              "repository-url",
              Printable.quote(Secrets.hidden(text)) + " is not the URL of a repository")
          .hint(
              "Write https://HOST/PATH.git, ssh://USER@HOST/PATH.git, USER@HOST:PATH.git, or an"
                  + " absolute path.")
          .asException(e);
    }
  }

  private static Kind kind(URIish uri) {
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    boolean namesHost = uri.getHost() != null && !uri.getHost().isEmpty();
    if (scheme.isEmpty() && uri.toString().contains("::")) {
      throw new IllegalArgumentException("a remote helper of Git's, which may run anything");
    }
    boolean isAbsolute = uri.getPath() != null && uri.getPath().startsWith("/");
    Kind kind =
        switch (scheme) {
          case "file" -> Kind.FILE;
          case "http", "https" -> Kind.HTTP;
          case "ssh" -> Kind.SSH;
          case "" -> namesHost ? Kind.SSH : Kind.FILE;
          default -> throw new IllegalArgumentException(scheme);
        };
    if (kind == Kind.FILE ? !isAbsolute : !namesHost) {
      throw new IllegalArgumentException("no absolute path, or no host");
    }
    return kind;
  }

  URIish uri() {
    return uri;
  }

  Kind kind() {
    return kind;
  }

  /** {@code [host]:port} as known_hosts writes it, or the host alone for port 22. */
  String hostAndPort() {
    boolean isUsual = uri.getPort() <= 0 || uri.getPort() == 22;
    return isUsual ? uri.getHost() : "[" + uri.getHost() + "]:" + uri.getPort();
  }

  /** For people: without password and query, and without user name except for {@code ssh:}. */
  @Override
  public String toString() {
    URIish shown = uri.setPass(null);
    String text = (kind == Kind.SSH ? shown : shown.setUser(null)).toString();
    int query = kind == Kind.HTTP ? text.indexOf('?') : -1;
    return query < 0 ? text : text.substring(0, query);
  }
}
