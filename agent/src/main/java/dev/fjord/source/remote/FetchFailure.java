package dev.fjord.source.remote;

import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import dev.fjord.problem.Secrets;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.errors.NoRemoteRepositoryException;
import org.jspecify.annotations.Nullable;

/**
 * What went wrong in a fetch, in words for a person, from exceptions whose texts are for
 * programmers.
 */
final class FetchFailure {
  private static final List<String> DENIED =
      List.of(
          "not authorized",
          "not permitted",
          "authentication is required",
          "authentication not supported",
          "no more authentication methods",
          "cannot log in",
          "permission denied",
          "403 forbidden");

  private static final List<String> OTHER_NAME =
      List.of("no subject alternative", "no name matching", "hostname in certificate");

  private static final List<String> SHA256 =
      List.of(
          "object-format=sha256", "objectformat = sha256", "sha256", "unknown repository format");

  /** What Git's own server says. */
  private static final List<String> HOLE =
      List.of("possible repository corruption on the remote side", "not our ref");

  /** JGit's words for a line that does not have the form of the protocol. */
  private static final List<String> TALKS =
      List.of("invalid packet line header", "invalid packet header", "pktlineheader");

  /** The longest pause that a server may ask for: no server may stop an agent for good. */
  private static final Duration LONGEST_WAIT = Duration.ofHours(1);

  private final RemoteUrl url;
  private final FetchLimits limits;

  FetchFailure(RemoteUrl url, FetchLimits limits) {
    this.url = url;
    this.limits = limits;
  }

  Problem of(Throwable failure) {
    List<Throwable> causes = causes(failure);
    for (Throwable cause : causes) {
      if (cause instanceof ProblemException known) {
        return known.problem();
      }
    }
    return kind(causes).detail(detail(causes));
  }

  private Problem kind(List<Throwable> causes) {
    if (any(causes, TimeoutException.class) && causes.size() == 1) {
      return problem("fetch-timeout", "it was not complete after " + seconds(limits.whole()))
          .hint("Is the line slow, or the repository large? The next attempt starts anew.");
    }
    if (any(causes, OutOfMemoryError.class)) {
      return problem("repository-too-large", "it holds an object that does not fit into memory")
          .hint("Remove the large file from the repository's history; keep images elsewhere.");
    }
    if (any(causes, NoRemoteRepositoryException.class)) {
      return problem("repository-missing", "there is no repository, or it is hidden from us")
          .hint("Check the URL in the agent's settings, and that the repository still exists.");
    }
    if (says(causes, TALKS)) {
      return problem("server-talks", "something else than Git spoke first")
          .hint(
              "A shell over there prints text before Git's own (.bashrc, a banner, a forced"
                  + " command), or another server listens there: 'ssh HOST true' must print"
                  + " nothing.");
    }
    if (any(causes, MissingObjectException.class) || says(causes, HOLE)) {
      return problem("repository-incomplete", "an object of its history is missing")
          .hint(
              "Is it damaged, or a partial or shallow clone? 'git fsck' over there names what is"
                  + " missing. Fetch from the repository that it was cloned of.");
    }
    if (isMalformed(causes)) {
      return problem(Malformed.CODE, "its history holds an object that Git cannot have written")
          .hint(Malformed.HINT);
    }
    HttpAccess.Busy busy = first(causes, HttpAccess.Busy.class);
    if (busy != null) {
      return busy(busy);
    }
    if (any(causes, SSLException.class) || any(causes, CertificateException.class)) {
      return certificate(causes);
    }
    if (says(causes, SHA256)) {
      return problem(
              "repository-sha256", "its objects are named by SHA-256, which fjord cannot read")
          .hint("Convert it: 'git init --object-format=sha1' makes one that can be pushed to.");
    }
    if (says(causes, DENIED)) {
      return problem("access-denied", "the server did not let us in")
          .hint(
              url.kind() == RemoteUrl.Kind.SSH
                  ? "Add the public key of 'identity' to the repository as a deploy key that may"
                      + " read. The key must have no passphrase."
                  : "Check user name and token in the URL of the agent's settings, or use ssh:.");
    }
    if (says(causes, List.of("no space left on device"))) {
      return problem("disk-full", "the disk of the mirror is full")
          .hint("Make room below the state directory; nothing that runs is affected.");
    }
    return network(causes);
  }

  /** The pause that an overloaded server asked for; null when it asked for none. */
  static @Nullable Duration askedToWait(Throwable failure) {
    HttpAccess.Busy busy = first(causes(failure), HttpAccess.Busy.class);
    Duration asked = busy == null ? null : busy.asked();
    return asked == null || asked.compareTo(LONGEST_WAIT) < 0 ? asked : LONGEST_WAIT;
  }

  private Problem busy(HttpAccess.Busy busy) {
    Duration wait = busy.asked();
    return problem(
            "server-busy", "the server has too much to do (HTTP status " + busy.status() + ")")
        .hint(
            wait == null
                ? "It is asked again, ever less often. If it stays: raise 'poll' of the settings."
                : "It asks for a pause of "
                    + seconds(wait)
                    + ", and gets it. If it stays: raise 'poll' of the settings.");
  }

  private Problem certificate(List<Throwable> causes) {
    if (any(causes, CertificateExpiredException.class)) {
      return problem("certificate-refused", "its certificate has expired")
          .hint("Renew it over there; or is this host's clock ahead ('timedatectl')?");
    }
    if (any(causes, CertificateNotYetValidException.class)) {
      return problem("certificate-refused", "its certificate is not valid yet")
          .hint("Is this host's clock behind ('timedatectl')?");
    }
    if (says(causes, OTHER_NAME)) {
      return problem("certificate-refused", "its certificate is for another name")
          .hint(
              "Write the URL with a name that the certificate has ('openssl s_client -connect"
                  + " HOST:PORT' shows them), or give the server one for this name.");
    }
    return problem("certificate-refused", "its certificate is not trusted, or TLS failed")
        .hint(
            "Give the server a certificate from an authority that this host trusts, or add the"
                + " authority to the host's store (update-ca-certificates).");
  }

  /** JGit's parsers trust that objects are what they say. */
  private static boolean isMalformed(List<Throwable> causes) {
    return any(causes, CorruptObjectException.class)
        || any(causes, IncorrectObjectTypeException.class)
        || any(causes, IllegalArgumentException.class)
        || any(causes, IndexOutOfBoundsException.class)
        || any(causes, ClassCastException.class);
  }

  private Problem network(List<Throwable> causes) {
    if (any(causes, UnknownHostException.class) || any(causes, UnresolvedAddressException.class)) {
      return problem("repository-unreachable", "the host's name is unknown")
          .hint("Check the URL and this host's name servers (/etc/resolv.conf).");
    }
    if (any(causes, ConnectException.class)
        || any(causes, NoRouteToHostException.class)
        || says(causes, List.of("connect timed out", "connection refused"))) {
      return problem("repository-unreachable", "nobody accepted the connection")
          .hint("Is the server up, and does a firewall let this host reach it?");
    }
    // A java.net.SocketTimeoutException is one, too.
    if (any(causes, InterruptedIOException.class)
        || says(causes, List.of("timeout", "timed out"))) {
      return problem("repository-silent", "no answer within " + seconds(limits.answer()))
          .hint("The server accepted the connection but does not answer: look at its load.");
    }
    return problem("fetch-failed", "the connection broke, or the answer made no sense")
        .hint("The next attempt may do. If it stays: does 'git ls-remote' work from this host?");
  }

  private Problem problem(String code, String found) {
    return Problem.of(code, "fetching from " + url + " failed: " + found);
  }

  private static <T extends Throwable> @Nullable T first(List<Throwable> causes, Class<T> kind) {
    return causes.stream().filter(kind::isInstance).map(kind::cast).findFirst().orElse(null);
  }

  private static boolean any(List<Throwable> causes, Class<? extends Throwable> kind) {
    return causes.stream().anyMatch(kind::isInstance);
  }

  private static boolean says(List<Throwable> causes, List<String> texts) {
    return causes.stream()
        .map(cause -> String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT))
        .anyMatch(message -> texts.stream().anyMatch(message::contains));
  }

  /** Outermost first; a cause may be its own cause's cause. */
  private static List<Throwable> causes(Throwable failure) {
    List<Throwable> causes = new ArrayList<>();
    for (Throwable next = failure;
        next != null && causes.size() < 20 && !causes.contains(next);
        next = next.getCause()) {
      causes.add(next);
    }
    return causes;
  }

  private static String detail(List<Throwable> causes) {
    String detail =
        causes.stream()
            .map(cause -> cause.getMessage() == null ? cause.toString() : cause.getMessage())
            .distinct()
            .reduce((one, other) -> one.contains(other) ? one : one + ": " + other)
            .orElse("");
    String bounded = detail.length() > 1000 ? detail.substring(0, 1000) + "…" : detail;
    // It may hold what the server wrote, and is printed on a terminal.
    return Secrets.hidden(bounded.replaceAll("[\\p{Cntrl}&&[^\\n]]", "?"));
  }

  private static String seconds(Duration duration) {
    return duration.toSeconds() + " s";
  }
}
