package dev.fjord.host.linux.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class BatcherTest {
  private final List<List<Integer>> served = new ArrayList<>();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch go = new CountDownLatch(1);

  private final Batcher<Integer> together = new Batcher<>(this::serve);

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
    Map<Integer, String> told = new ConcurrentHashMap<>();
    var first = asking(0, told);
    assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
    var others = IntStream.rangeClosed(1, 9).mapToObj(n -> asking(n, told)).toList();
    Awaitility.await("the others to queue up")
        .until(() -> others.stream().allMatch(one -> one.getState() == Thread.State.WAITING));
    go.countDown();
    first.join();
    for (var other : others) {
      other.join();
    }
    assertThat(told).isEqualTo(Map.of(3, "three cannot be"));
    assertThat(served).hasSize(2);
    assertThat(served.get(0)).containsExactly(0);
    assertThat(served.get(1)).containsExactlyInAnyOrder(1, 2, 3, 4, 5, 6, 7, 8, 9);
  }

  private Thread asking(int wish, Map<Integer, String> told) {
    return Thread.ofPlatform()
        .start(() -> {
          try {
            together.ask(wish);
          } catch (ProblemException e) {
            told.put(wish, e.getMessage());
          }
        });
  }

  @Test
  void what_breaks_the_work_is_told_to_everybody() {
    var broken =
        new Batcher<Integer>(wishes -> {
          throw new IllegalStateException("no such luck");
        });
    assertThatThrownBy(() -> broken.ask(1)).hasMessage("no such luck");
  }
}
