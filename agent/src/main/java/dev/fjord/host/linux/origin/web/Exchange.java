package dev.fjord.host.linux.origin.web;

import dev.fjord.model.Source.HttpsSource;
import dev.fjord.problem.ProblemException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Asks a server for a file or for the rest of one, and follows its redirects, to {@code https:}
 * addresses alone.
 */
record Exchange(HttpClient client, WebProblem problem, Duration stall) {
  private static final int MOST_REDIRECTS = 10;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  /**
   * The answer that is no redirect, whatever it is; its body is for the caller to close.
   *
   * @param from where to begin, if it is still this version
   * @throws IOException when no answer came
   * @throws dev.fjord.problem.ProblemException when a redirect leads anywhere else
   */
  HttpResponse<Body> ask(URI uri, long from, @Nullable Validator version) throws IOException {
    URI next = uri;
    for (int i = 0; i <= MOST_REDIRECTS; i++) {
      HttpResponse<Body> answer = send(request(next, from, version));
      if (!REDIRECTS.contains(answer.statusCode())) {
        return answer;
      }
      answer.body().close();
      next = target(next, answer.headers().firstValue("Location").orElse(""));
    }
    throw problem.tooManyRedirects(MOST_REDIRECTS);
  }

  private URI target(URI from, String location) {
    try {
      URI target = from.resolve(location);
      if (location.isBlank() || target.getRawFragment() != null) {
        target = URI.create(target.toString().replaceFirst("#.*", ""));
      }
      return new HttpsSource(target).uri();
    } catch (IllegalArgumentException e) {
      throw problem.badRedirect(location);
    }
  }

  private static HttpRequest request(URI uri, long from, @Nullable Validator version) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .header("User-Agent", "fjord")
            // Whether it is compressed, and how, is the file's own matter.
            .header("Accept-Encoding", "identity");
    if (from > 0 && version != null) {
      request.header("Range", "bytes=" + from + "-").header("If-Range", version.value());
    }
    return request.GET().build();
  }

  private HttpResponse<Body> send(HttpRequest request) throws IOException {
    CompletableFuture<HttpResponse<Body>> answer =
        client.sendAsync(request, head -> new Body(stall));
    try {
      // Not the request's own time limit: newer JDKs end the body with it.
      return answer.get(stall.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new HttpTimeoutException("no answer in " + stall.toSeconds() + " s");
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ProblemException known) {
        throw known;
      }
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    }
  }
}
