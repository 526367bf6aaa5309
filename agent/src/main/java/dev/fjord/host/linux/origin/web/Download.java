package dev.fjord.host.linux.origin.web;

import dev.fjord.problem.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a file of a web server, from its first to its last, however many answers it took:
 * those that an earlier attempt has left, then the rest. A connection that breaks is opened again a
 * few times, then it is a problem. For one thread.
 *
 * <p>Problems are thrown as {@link dev.fjord.problem.ProblemException}; an {@link IOException} is
 * one of this host's disk.
 */
public final class Download extends InputStream {
  private static final Pattern RANGE = Pattern.compile("bytes (\\d{1,18})-\\d{1,18}/(\\d{1,18})");
  private static final Pattern NO_RANGE = Pattern.compile("bytes \\*/(\\d{1,18})");
  private static final int PIECE = 1 << 16;

  private final URI uri;
  private final Web web;
  private final @Nullable Partial partial;
  private final long limit;
  private final WebProblem problem;
  private final Pace pace;
  private final long begun = System.nanoTime();

  private @Nullable HttpClient client;
  private @Nullable Body body;
  private @Nullable Validator version;
  private long position;
  private long fetched;
  private long fromEarlier;
  private long total = -1;
  private int attempts;
  private boolean opened;
  private boolean begins;
  private boolean patched;
  private boolean useless;
  private boolean failed;

  /**
   * A download; no server is asked before the first read.
   *
   * @param partial what is there of it, and where it is kept; null to keep nothing
   * @param limit how long it may be
   */
  public Download(String subject, URI uri, Web web, @Nullable Partial partial, long limit) {
    this.uri = uri;
    this.web = web;
    this.partial = partial;
    this.limit = limit;
    this.problem = new WebProblem(subject, uri);
    this.pace = new Pace(web.limits().stall(), web.limits().least());
  }

  /** How long it is; less than 0 while that is unknown. After the first read. */
  public long total() {
    return total;
  }

  /** How many bytes an earlier attempt had left. After the first read. */
  public long fromEarlier() {
    return fromEarlier;
  }

  /** Whether the bytes came in more than one answer, so that they may not belong together. */
  public boolean isPatchedTogether() {
    return patched;
  }

  /** Whether it has failed in a way that leaves a part to go on with. */
  public boolean canBeGoneOnWith() {
    return failed && isKept();
  }

  private boolean isKept() {
    return partial != null && version != null && !useless;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    try {
      open();
      int count =
          partial != null && position < fetched
              ? partial.read(position, bytes, offset, (int) Math.min(length, fetched - position))
              : fetch(bytes, offset, length);
      position += Math.max(count, 0);
      return count;
    } catch (ProblemException e) {
      failed = true;
      throw e;
    }
  }

  /** Fetches all that is left, for later reads; nothing where nothing is kept. */
  public void fetchAhead() throws IOException {
    byte[] piece = new byte[PIECE];
    try {
      while (partial != null && fetch(piece, 0, PIECE) >= 0) {
        // It is kept.
      }
    } catch (ProblemException e) {
      failed = true;
      throw e;
    }
  }

  /** The server is asked before an earlier part is read: it may be one of another version. */
  private void open() throws IOException {
    if (opened) {
      return;
    }
    if (partial != null && partial.validator() != null) {
      version = partial.validator();
      fetched = partial.length();
    }
    while (body == null && fetched != total) {
      try {
        connect();
      } catch (IOException e) {
        tryAgain(e);
      }
    }
    opened = true;
    begin();
    fromEarlier = fetched;
    patched = fetched > 0;
  }

  /** Not where the server is asked: a failure here is not the server's. */
  private void begin() throws IOException {
    if (begins && partial != null) {
      partial.begin(version);
    }
    begins = false;
  }

  private int fetch(byte[] bytes, int offset, int length) throws IOException {
    while (true) {
      if (fetched == total) {
        return -1;
      }
      int count = receive(bytes, offset, length);
      if (count > 0) {
        if (fetched + count > limit) {
          useless = true;
          throw problem.sendsTooMuch(limit);
        }
        begin();
        if (partial != null) {
          partial.append(bytes, offset, count);
        }
        fetched += count;
        return count;
      }
    }
  }

  /** Some bytes from the server; 0 when it has to be asked again, or has come to the end. */
  private int receive(byte[] bytes, int offset, int length) {
    checkTime();
    try {
      if (body == null) {
        patched |= fetched > 0;
        connect();
        return 0;
      }
      long from = System.nanoTime();
      int count = body.read(bytes, offset, length);
      if (!pace.keeps(System.nanoTime() - from, Math.max(count, 0))) {
        throw new HttpTimeoutException(
            "less than %d KiB in %d s"
                .formatted(web.limits().least() >> 10, web.limits().stall().toSeconds()));
      }
      if (count >= 0) {
        return count;
      }
      if (total >= 0) {
        throw new IOException("the answer ended too early");
      }
      total = fetched;
    } catch (IOException e) {
      tryAgain(e);
    }
    return 0;
  }

  private void connect() throws IOException {
    if (client == null) {
      client = web.client();
    }
    Exchange exchange = new Exchange(client, problem, web.limits().stall());
    HttpResponse<Body> answer = exchange.ask(uri, fetched, version);
    switch (answer.statusCode()) {
      case 200 -> whole(answer);
      case 206 -> rest(answer);
      case 416 -> nothingLeft(answer);
      default -> {
        answer.body().close();
        throw new WebProblem.Refused(answer.statusCode());
      }
    }
  }

  private void whole(HttpResponse<Body> answer) throws IOException {
    if (fetched > 0) {
      startAnew(answer);
    }
    version = Validator.of(answer.headers());
    begins = true;
    long length = answer.headers().firstValueAsLong("Content-Length").orElse(-1);
    if (length < 0 && answer.headers().firstValue("Transfer-Encoding").isEmpty()) {
      answer.body().close();
      throw problem.endless();
    }
    accept(answer.body(), length);
  }

  private void accept(Body answer, long length) {
    body = answer;
    total = length;
    if (total > limit) {
      useless = true;
      throw problem.announcesTooMuch(total, limit);
    }
  }

  private void rest(HttpResponse<Body> answer) throws IOException {
    Matcher range = RANGE.matcher(range(answer.headers()));
    boolean fits = version != null && version.fits(answer.headers()) && range.matches();
    if (!fits || Long.parseLong(range.group(1)) != fetched) {
      startAnew(answer);
      answer.body().close();
      connect();
      return;
    }
    accept(answer.body(), Long.parseLong(range.group(2)));
  }

  /**
   * The part that is here may be the whole file: the run that fetched it was cut off before it used
   * it.
   */
  private void nothingLeft(HttpResponse<Body> answer) throws IOException {
    answer.body().close();
    Matcher range = NO_RANGE.matcher(range(answer.headers()));
    if (range.matches() && Long.parseLong(range.group(1)) == fetched && fetched > 0) {
      total = fetched;
    } else if (fetched > 0) {
      startAnew(answer);
      connect();
    } else {
      throw new WebProblem.Refused(answer.statusCode());
    }
  }

  /** The server has another version by now, or gives no parts: what is here is of no use. */
  private void startAnew(HttpResponse<Body> answer) {
    if (opened) {
      answer.body().close();
      useless = true;
      throw problem.noRest(fetched, total);
    }
    fetched = 0;
    version = null;
    total = -1;
  }

  private static String range(HttpHeaders headers) {
    return headers.firstValue("Content-Range").orElse("");
  }

  private void checkTime() {
    TransferLimits limits = web.limits();
    Duration given = version == null ? limits.whole() : limits.slice();
    // A download that keeps nothing is watched by a person, who ends it when it takes too long.
    if (partial != null && System.nanoTime() - begun > given.toNanos()) {
      throw problem.takesLong(given, fetched, total, isKept());
    }
  }

  private void tryAgain(IOException failure) {
    closeBody();
    boolean resumable = version != null || fetched == 0;
    if (!resumable || attempts == web.limits().waits().size() || WebProblem.isFinal(failure)) {
      throw problem.of(failure, fetched, total, isKept());
    }
    try {
      Thread.sleep(web.limits().waits().get(attempts++));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw problem.of(failure, fetched, total, isKept());
    }
  }

  private void closeBody() {
    if (body != null) {
      body.close();
      body = null;
    }
  }

  @Override
  public void close() {
    closeBody();
    if (client != null) {
      client.shutdownNow();
      client = null;
    }
  }
}
