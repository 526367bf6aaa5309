package dev.fjord.host.linux.origin.web;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer, as a stream whose reads end after a while: the JDK's own waits for ever
 * when a server sends nothing more. Read by one thread.
 */
final class Body extends InputStream implements HttpResponse.BodySubscriber<Body> {
  /** How many buffers (16 KiB each, as TLS has them) may wait to be read. */
  private static final int AHEAD = 16;

  /** The JDK gives at least one buffer at a time. */
  private static final List<ByteBuffer> END = List.of();

  private final Duration stall;
  private final BlockingQueue<List<ByteBuffer>> arrived = new LinkedBlockingQueue<>();
  private final List<ByteBuffer> current = new ArrayList<>();
  private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
  private volatile @Nullable Throwable failure;
  private boolean ended;

  /**
   * A body that has not begun.
   *
   * @param stall how long a read waits for the next byte
   */
  Body(Duration stall) {
    this.stall = stall;
  }

  @Override
  public CompletionStage<Body> getBody() {
    return CompletableFuture.completedStage(this);
  }

  @Override
  public void onSubscribe(Flow.Subscription newSubscription) {
    if (subscription.complete(newSubscription)) {
      newSubscription.request(AHEAD);
    } else {
      newSubscription.cancel();
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    arrived.add(buffers);
  }

  @Override
  public void onError(Throwable throwable) {
    failure = throwable;
    arrived.add(END);
  }

  @Override
  public void onComplete() {
    arrived.add(END);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  /**
   * As {@link InputStream}; {@link HttpTimeoutException} when nothing came for too long, another
   * exception when the connection broke before the announced end.
   */
  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    while (current.isEmpty() || !current.get(0).hasRemaining()) {
      if (!current.isEmpty()) {
        current.remove(0);
      } else if (!next()) {
        return -1;
      }
    }
    int count = Math.min(length, current.get(0).remaining());
    current.get(0).get(bytes, offset, count);
    return count;
  }

  private boolean next() throws IOException {
    List<ByteBuffer> buffers = ended ? END : await();
    if (!buffers.isEmpty()) {
      current.addAll(buffers);
      subscription.join().request(1);
      return true;
    }
    ended = true;
    if (failure != null) {
      throw new IOException(failure);
    }
    return false;
  }

  private List<ByteBuffer> await() throws IOException {
    try {
      List<ByteBuffer> buffers = arrived.poll(stall.toMillis(), TimeUnit.MILLISECONDS);
      if (buffers == null) {
        throw new HttpTimeoutException("no byte in " + stall.toSeconds() + " s");
      }
      return buffers;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Lets go of the connection when the body was not read to its end. */
  @Override
  public void close() {
    if (!subscription.cancel(false)) {
      subscription.join().cancel();
    }
  }
}
