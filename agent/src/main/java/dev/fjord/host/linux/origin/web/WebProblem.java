package dev.fjord.host.linux.origin.web;

import dev.fjord.model.Source.HttpsSource;
import dev.fjord.problem.Printable;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * What can be wrong with a download, in words that say what to do. What follows {@code ?} in an
 * address is in none of them.
 *
 * @param subject how a sentence about it begins ({@code the source of image tiny})
 */
record WebProblem(String subject, URI uri) {

  /** The server's answer is no file; an exception of its own, so that it can be asked again. */
  static final class Refused extends IOException {
    private static final long serialVersionUID = 1L;

    private final int status;

    Refused(int status) {
      super("status " + status);
      this.status = status;
    }

    boolean isFinal() {
      return status < 500 && status != 408 && status != 425 && status != 429;
    }
  }

  /** Asking again at once changes nothing. */
  static boolean isFinal(IOException failure) {
    return failure instanceof Refused refused
        ? refused.isFinal()
        : has(failure, SSLHandshakeException.class) || isUnknownHost(failure);
  }

  /**
   * What stopped a download.
   *
   * @param total how long it is; less than 0 when that is unknown
   * @param goesOn whether the next run goes on from here
   */
  ProblemException of(IOException failure, long fetched, long total, boolean goesOn) {
    if (failure instanceof Refused refused) {
      return said("download-refused", uri.getHost() + " answered " + refused.status)
          .hint(advice(refused.status))
          .asException(failure);
    }
    if (has(failure, SSLHandshakeException.class)) {
      return said("certificate-refused", "its certificate is not trusted, or TLS failed")
          .detail(detail(failure))
          .hint(
              "Give the server a certificate for this name from an authority that Java trusts, or"
                  + " add its authority ('keytool -importcert -cacerts').")
          .asException(failure);
    }
    if (isUnknownHost(failure)) {
      return said("download-unreachable", "the name " + uri.getHost() + " is unknown")
          .hint("Check spec.source and this host's name servers (/etc/resolv.conf).")
          .asException(failure);
    }
    if (has(failure, ConnectException.class)) {
      return said("download-unreachable", "nobody accepted the connection")
          .detail(detail(failure))
          .hint(
              "Is the server up, and may this host reach it? A proxy is named by https_proxy in"
                  + " the agent's environment.")
          .asException(failure);
    }
    boolean stalled = has(failure, HttpTimeoutException.class);
    return said(
            stalled ? "download-stalled" : "download-broken",
            (stalled ? uri.getHost() + " stalled" : "the connection broke")
                + " after "
                + progress(fetched, total))
        .detail(detail(failure))
        .hint(next(goesOn))
        .asException(failure);
  }

  private static String advice(int status) {
    return switch (status) {
      case 401, 403, 407 ->
          "No password is sent: the file has to be there for everybody who knows its address. Or"
              + " put it on this host, and use file:.";
      case 404, 410 -> "Correct spec.source, or put the file back.";
      default -> "The next run tries again; the server's log may say more.";
    };
  }

  ProblemException takesLong(Duration given, long fetched, long total, boolean goesOn) {
    return said(
            "download-unfinished",
            "%s came in %d s, which is all that one run waits for"
                .formatted(progress(fetched, total), given.toSeconds()))
        .hint(next(goesOn))
        .asException();
  }

  ProblemException noRest(long fetched, long total) {
    return said(
            "download-broken",
            "after "
                + progress(fetched, total)
                + " the connection broke, and the rest was not to be had")
        .detail("the server has another version of the file by now, or gives no parts of it")
        .hint(next(false))
        .asException();
  }

  ProblemException announcesTooMuch(long length, long limit) {
    return said("source-size", "has %d bytes, and %d are the most".formatted(length, limit))
        .hint(
            "Nothing was fetched. The limit is spec.size with an eighth and 1 MiB more, and 1 GiB"
                + " stands for spec.size where none is pinned.")
        .asException();
  }

  ProblemException sendsTooMuch(long limit) {
    return said("source-size", "has more than %d bytes, which are the most".formatted(limit))
        .hint(
            "Nothing was stored. The limit is spec.size with an eighth and 1 MiB more, and 1 GiB"
                + " stands for spec.size where none is pinned.")
        .asException();
  }

  ProblemException endless() {
    return said("download-refused", uri.getHost() + " does not say where the file ends")
        .hint("Its answers need a Content-Length, or chunks: a cut could not be told from an end.")
        .asException();
  }

  ProblemException tooManyRedirects(int most) {
    return said("bad-redirect", uri.getHost() + " redirects more than " + most + " times")
        .hint("Name the address at their end in spec.source.")
        .asException();
  }

  ProblemException badRedirect(String location) {
    return said("bad-redirect", uri.getHost() + " redirects to what is no https: source")
        .detail(
            Printable.clause(location.replaceFirst("//[^/]*@", "//").replaceFirst("\\?.*", "?…")))
        .hint("Only https: addresses without user name and password are followed.")
        .asException();
  }

  private Problem said(String code, String found) {
    return Problem.of(code, subject + " could not be fetched: " + found + ": " + shown());
  }

  private String shown() {
    return HttpsSource.shown(uri);
  }

  private static String next(boolean goesOn) {
    return goesOn
        ? "Nothing is lost: the next run goes on from there."
        : "The next run begins anew. A server that gives parts of a file (Range, with an ETag or"
            + " Last-Modified) would save that.";
  }

  private static String progress(long fetched, long total) {
    return total < 0 ? "%d bytes".formatted(fetched) : "%d of %d bytes".formatted(fetched, total);
  }

  private static boolean isUnknownHost(IOException failure) {
    return has(failure, UnknownHostException.class)
        || has(failure, UnresolvedAddressException.class);
  }

  private static boolean has(Throwable failure, Class<? extends Throwable> kind) {
    return causes(failure).stream().anyMatch(kind::isInstance);
  }

  /** Outermost first; a cause may be its own cause's cause. */
  private static List<Throwable> causes(Throwable failure) {
    List<Throwable> causes = new ArrayList<>();
    @Nullable Throwable next = failure;
    while (next != null && causes.size() < 20 && !causes.contains(next)) {
      causes.add(next);
      next = next.getCause();
    }
    return causes;
  }

  /** The innermost exception says what happened; those around it only that something did. */
  private static String detail(IOException failure) {
    List<Throwable> causes = causes(failure);
    Throwable last = causes.get(causes.size() - 1);
    return Printable.clause(last.getMessage() == null ? last.toString() : last.getMessage());
  }
}
