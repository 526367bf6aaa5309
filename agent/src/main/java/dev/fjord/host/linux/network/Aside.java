package dev.fjord.host.linux.network;

import dev.fjord.problem.ProblemException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** A look at something that goes on while its caller looks at something else. */
final class Aside<T> {
  private final CompletableFuture<T> look;

  private Aside(CompletableFuture<T> look) {
    this.look = look;
  }

  static <T> Aside<T> begin(Supplier<T> look) {
    return new Aside<>(CompletableFuture.supplyAsync(look, Thread::startVirtualThread));
  }

  /**
   * What it saw, once it has.
   *
   * @throws ProblemException of the look
   */
  T seen() {
    try {
      return look.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof ProblemException problem ? problem : e;
    }
  }
}
