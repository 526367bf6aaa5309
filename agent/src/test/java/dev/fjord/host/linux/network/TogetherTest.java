package dev.fjord.host.linux.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TogetherTest {
  private final List<List<Integer>> served = new ArrayList<>();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch go = new CountDownLatch(1);

  private final Together<Integer> together = new Together<>(this::serve);

  private Map<Integer, ProblemException> serve(List<Integer> wishes) {
    begun.countDown();
    try {
      assertThat(go.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    served.add(wishes);
    return wishes.contains(3)
        ? Map.of(3, Problem.of("three", "three cannot be").asException())
        : Map.of();
  }

  @Test
  void who_comes_meanwhile_is_served_at_once_and_told_alone_what_failed() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> first = threads.submit(() -> together.ask(0));
      assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
      List<Future<?>> others = new ArrayList<>();
      IntStream.rangeClosed(1, 9).forEach(n -> others.add(threads.submit(() -> together.ask(n))));
      // Until all of them wait; who comes later is served later, which is right, too.
      Thread.sleep(200);
      go.countDown();
      first.get(30, TimeUnit.SECONDS);
      for (int n = 1; n <= 9; n++) {
        var other = others.get(n - 1);
        if (n == 3) {
          assertThatThrownBy(() -> other.get(30, TimeUnit.SECONDS))
              .isInstanceOf(ExecutionException.class)
              .hasRootCauseMessage("three cannot be");
        } else {
          other.get(30, TimeUnit.SECONDS);
        }
      }
    }
    assertThat(served.get(0)).containsExactly(0);
    assertThat(served.stream().flatMap(List::stream))
        .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(0, 9).boxed().toList());
    assertThat(served).hasSizeLessThan(10);
  }

  @Test
  void what_breaks_the_work_is_told_to_everybody() {
    var broken =
        new Together<Integer>(wishes -> {
          throw new IllegalStateException("no such luck");
        });
    assertThatThrownBy(() -> broken.ask(1)).hasMessage("no such luck");
  }
}
