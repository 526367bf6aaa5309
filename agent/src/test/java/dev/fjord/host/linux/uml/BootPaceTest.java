package dev.fjord.host.linux.uml;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Boots that begin and end by hand, on a host of two processors. */
class BootPaceTest {
  private final AtomicLong now = new AtomicLong(1);
  private final BlockingQueue<BootPace.Turn> begun = new LinkedBlockingQueue<>();
  private final List<Thread> threads = new ArrayList<>();
  private double pressure = Double.NaN;
  private Duration trial = Duration.ZERO;
  private BootPace pace = pace();

  private BootPace pace() {
    return new BootPace(2, () -> pressure, now::get);
  }

  @AfterEach
  void let_those_go_that_wait() throws Exception {
    for (var thread : threads) {
      thread.interrupt();
      thread.join();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, NaN, 32",
    "500, 0.1, 32",
    "2000, 0.1, 16",
    "10000, 0.1, 3",
    "60000, 0.1, 2",
    "500, 0.9, 16",
    "60000, 0.9, 2",
  })
  void how_many_begin_follows_from_the_host(long trialMillis, double pressed, int boots)
      throws Exception {
    trial = Duration.ofMillis(trialMillis);
    pressure = pressed;
    ask(40);
    assertThat(take(boots)).hasSize(boots);
    assertThat(begun.poll(50, TimeUnit.MILLISECONDS)).isNull();
  }

  @Test
  void the_next_one_begins_when_one_ends() throws Exception {
    trial = Duration.ofMinutes(1);
    ask(3);
    var two = take(2);
    two.get(0).close();
    two.get(0).close();
    take(1);
    ask(1);
    assertThat(begun.poll(50, TimeUnit.MILLISECONDS)).as("an end counts once").isNull();
  }

  @Test
  void quick_boots_make_room_for_more() throws Exception {
    trial = Duration.ofMinutes(1);
    ask(6);
    var two = take(2);
    now.addAndGet(Duration.ofSeconds(1).toNanos());
    two.forEach(BootPace.Turn::answered);
    assertThat(take(4)).hasSize(4);
  }

  @Test
  void slow_boots_that_suffered_together_halve_it_once() throws Exception {
    ask(32);
    var all = take(32);
    now.addAndGet(Duration.ofMinutes(2).toNanos());
    all.forEach(BootPace.Turn::answered);
    ask(32);
    take(16);
    assertThat(begun.poll(50, TimeUnit.MILLISECONDS)).isNull();
  }

  @Test
  void the_order_is_that_of_asking() throws Exception {
    trial = Duration.ofMinutes(1);
    ask(2);
    var two = take(2);
    var order = new LinkedBlockingQueue<Integer>();
    for (var number = 0; number < 5; number++) {
      var own = number;
      var thread =
          Thread.ofPlatform()
              .start(() -> {
                var turn = pace.await(trial);
                order.add(own);
                turn.close();
              });
      threads.add(thread);
      while (thread.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
    }
    two.get(0).close();
    for (var number = 0; number < 5; number++) {
      assertThat(order.poll(1, TimeUnit.MINUTES)).isEqualTo(number);
    }
  }

  private void ask(int boots) {
    for (var i = 0; i < boots; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                try {
                  begun.add(pace.await(trial));
                } catch (dev.fjord.problem.ProblemException interruptedAtTheEnd) {
                  Thread.currentThread().interrupt();
                }
              }));
    }
  }

  private List<BootPace.Turn> take(int boots) throws InterruptedException {
    var turns = new ArrayList<BootPace.Turn>();
    for (var i = 0; i < boots; i++) {
      var turn = begun.poll(1, TimeUnit.MINUTES);
      assertThat(turn).as("boot %d", i).isNotNull();
      turns.add(turn);
    }
    return turns;
  }
}
