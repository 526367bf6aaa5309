package dev.fjord.host.linux.watch;

import dev.fjord.host.linux.uml.Ping;
import dev.fjord.model.IpAddress;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import dev.fjord.watch.ProbeResult;
import dev.fjord.watch.Watched;
import dev.fjord.watch.Watched.Address;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks addresses and ports, some instances side by side. All addresses are asked once first; only
 * those that are silent are asked again, so that they do not delay those that answer.
 */
final class NetworkQuestions implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NetworkQuestions.class);

  /** Threads of the platform, since a ping blocks in native code: 200 silent ones take 4 s. */
  private static final int AT_ONCE = 32;

  private static final int CONNECT_MILLIS = 500;

  private final ExecutorService threads = threads();

  private static ExecutorService threads() {
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            AT_ONCE,
            AT_ONCE,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("watch-", 1).factory());
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  /**
   * The signs of instances whose kernels answer.
   *
   * @param uptimes the uptimes that these have reported
   */
  Map<ResourceName, ProbeResult> ask(List<Watched> instances, Map<ResourceName, Double> uptimes) {
    List<Address> all = instances.stream().flatMap(one -> one.addresses().stream()).toList();
    Set<Address> answering = which(all, one -> Ping.answers(one.address()));
    List<Address> open = all.stream().filter(one -> !answering.contains(one)).toList();
    answering.addAll(which(open, one -> Ping.answersAtLast(one.address())));
    List<Watched> ports =
        instances.stream()
            .filter(one -> one.tcp() != null && answering.containsAll(one.addresses()))
            .filter(one -> !one.addresses().isEmpty())
            .toList();
    Map<Watched, Answer> answers = each(ports, NetworkQuestions::accepts);
    Map<ResourceName, ProbeResult> results = new HashMap<>();
    for (Watched one : instances) {
      Set<Address> silent = new HashSet<>(one.addresses());
      silent.removeAll(answering);
      Set<Address> heard = new HashSet<>(one.addresses());
      heard.removeAll(silent);
      Answer answer = answers.get(one);
      ProbeResult.State state =
          answer == Answer.UNASKED ? ProbeResult.State.UNASKED : ProbeResult.State.RUNS;
      @Nullable Boolean accepts =
          answer == null || answer == Answer.UNASKED ? null : (Boolean) (answer == Answer.ACCEPTS);
      results.put(
          one.name(),
          new ProbeResult(state, uptimes.get(one.name()), heard, silent, accepts, null, false));
    }
    return results;
  }

  /** Does what may take a moment; many may need it at once, and the caller does not wait for it. */
  void beside(Runnable work) {
    threads.execute(() -> {
      try {
        work.run();
      } catch (ProblemException e) {
        LOG.warn("{}", e.getMessage());
      }
    });
  }

  /** What came of a question to a port. */
  enum Answer {
    ACCEPTS,
    /** The machine that has the address refused, or did not answer in time. */
    REFUSES,
    /** No packet of it left this host: it had no port, descriptor, memory, way or permission. */
    UNASKED
  }

  /**
   * Connects to the port, and hangs up. The JDK says by classes what connect(2) said:
   * ConnectException is ECONNREFUSED and ETIMEDOUT, NoRouteToHostException EHOSTUNREACH, which is
   * an ICMP answer or a silent neighbour. All others (EADDRNOTAVAIL, EMFILE, ENOBUFS, ENETUNREACH,
   * EPERM, …) are this host's own.
   */
  static Answer accepts(Watched one) {
    IpAddress address = one.addresses().get(0).address();
    try (Socket socket = new Socket()) {
      InetAddress host = InetAddress.getByName(address.toString()); // A literal: no look-up.
      socket.connect(
          new InetSocketAddress(host, Objects.requireNonNull(one.tcp())), CONNECT_MILLIS);
      return Answer.ACCEPTS;
    } catch (ConnectException | NoRouteToHostException | SocketTimeoutException theirs) {
      return Answer.REFUSES;
    } catch (IOException ours) {
      LOG.debug("port {} of {} could not be asked: {}", one.tcp(), one.name(), ours.toString());
      return Answer.UNASKED;
    }
  }

  private Set<Address> which(List<Address> all, Predicate<Address> holds) {
    Set<Address> found = new HashSet<>();
    each(all, holds::test)
        .forEach((one, held) -> {
          if (held) {
            found.add(one);
          }
        });
    return found;
  }

  /** What is found of each. A few threads take one after another: a task each costs more. */
  private <T, R> Map<T, R> each(List<T> all, Function<T, R> question) {
    LinkedBlockingQueue<T> open = new LinkedBlockingQueue<>(all);
    List<Callable<Map<T, R>>> workers = new ArrayList<>();
    for (int i = 0; i < Math.min(AT_ONCE, all.size()); i++) {
      workers.add(() -> {
        Map<T, R> found = new HashMap<>();
        for (T one = open.poll(); one != null; one = open.poll()) {
          found.put(one, question.apply(one));
        }
        return found;
      });
    }
    Map<T, R> found = new HashMap<>();
    try {
      for (Future<Map<T, R>> worker : threads.invokeAll(workers)) {
        found.putAll(worker.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Problem.of("interrupted", "asking instances was interrupted").asException(e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("asking instances broke", e);
    }
    return found;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
