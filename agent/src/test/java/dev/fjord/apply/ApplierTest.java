package dev.fjord.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.host.HostPort;
import dev.fjord.model.Observed;
import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import dev.fjord.plan.Action;
import dev.fjord.plan.Cause;
import dev.fjord.plan.Change;
import dev.fjord.plan.Disruption;
import dev.fjord.plan.Kind;
import dev.fjord.plan.Plan;
import dev.fjord.plan.Step;
import dev.fjord.plan.Step.Version;
import dev.fjord.problem.Problem;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Changes that only wait for a guest, in a walk that somebody waits for. */
class ApplierTest {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicBoolean hurried = new AtomicBoolean();
  private final AtomicInteger looks = new AtomicInteger();
  private IntentJournal journal = IntentJournal.NONE;
  private final CountDownLatch left = new CountDownLatch(1);
  private final Map<String, Outcome> ended = new ConcurrentHashMap<>();
  private final ApplyListener listener =
      new ApplyListener() {
        @Override
        public void ended(Change change, Outcome outcome) {
          ended.put(change.name().value(), outcome);
        }
      };

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  @Test
  void a_walk_that_is_waited_for_leaves_a_silent_guest_to_itself() throws Exception {
    var answers = new CountDownLatch(1);
    Host host =
        (name, progress) -> {
          if (name.equals("mute")) {
            progress.awaiting();
            hurried.set(true);
            await(answers);
          }
        };
    List<Outcome> outcomes =
        apply(
            host,
            change("mute"),
            change("other"),
            change("after", "mute"),
            change("last", "after"));

    assertThat(outcomes)
        .extracting(outcome -> outcome.change() + " " + outcome.status())
        .containsExactly("mute UNDER_WAY", "other DONE", "after SKIPPED", "last SKIPPED");
    assertThat(outcomes.get(2).problem())
        .isEqualTo(
            Problem.of(
                "start-under-way",
                "it comes after a start that is still under way; a later run goes on from here"));
    assertThat(ended).containsKeys("other", "after", "last");
    assertThat(ended.get("mute").status()).isEqualTo(Outcome.Status.UNDER_WAY);

    answers.countDown();
    left.await();
    assertThat(ended.get("mute").status()).as("its own end").isEqualTo(Outcome.Status.DONE);
  }

  @Test
  void a_walk_waits_for_what_does_more_than_wait() throws Exception {
    hurried.set(true);
    var work = new CountDownLatch(1);
    Host host =
        (name, progress) -> {
          if (name.equals("mute")) {
            progress.awaiting();
            await(work);
          } else {
            letTheWalkLook();
            work.countDown();
          }
        };

    assertThat(apply(host, change("mute"), change("busy")))
        .extracting(Outcome::status)
        .doesNotContain(Outcome.Status.SKIPPED, Outcome.Status.FAILED)
        .endsWith(Outcome.Status.DONE);
    assertThat(work.getCount()).as("the walk was there to its end").isZero();
  }

  @Test
  void a_walk_that_nobody_waits_for_waits_for_its_guests() throws Exception {
    Host host =
        (name, progress) -> {
          progress.awaiting();
          letTheWalkLook();
        };

    assertThat(apply(host, change("slow"), change("after", "slow")))
        .extracting(Outcome::status)
        .containsExactly(Outcome.Status.DONE, Outcome.Status.DONE);
  }

  @Test
  void no_change_begins_before_its_intent_and_those_that_begin_together_share_one()
      throws Exception {
    var written = new CopyOnWriteArrayList<String>();
    journal =
        keeping(
            changes -> written.add(String.join(" ", changes.stream().map(Change::id).toList())));
    Host host = (name, progress) -> written.add("does " + name);
    apply(host, change("a"), change("b"), change("c"), change("after", "c"));

    assertThat(written).startsWith("a b c").contains("after");
    assertThat(written.indexOf("does after")).isGreaterThan(written.indexOf("after"));
    assertThat(written).hasSize(6);
  }

  @Test
  void nothing_begins_whose_intent_cannot_be_written() throws Exception {
    var why = Problem.of(IntentJournal.UNWRITABLE, "nothing was changed");
    var done = new CopyOnWriteArrayList<String>();
    journal =
        keeping(changes -> {
          if (!done.isEmpty()) {
            throw why.asException();
          }
        });
    List<Outcome> outcomes =
        apply((name, progress) -> done.add(name), change("a"), change("b", "a"), change("c", "b"));

    assertThat(done).containsExactly("a");
    assertThat(outcomes)
        .extracting(Outcome::status)
        .containsExactly(Outcome.Status.DONE, Outcome.Status.SKIPPED, Outcome.Status.SKIPPED);
    assertThat(outcomes).extracting(Outcome::problem).containsExactly(null, why, why);
  }

  private static IntentJournal keeping(Consumer<List<Change>> intents) {
    return plan ->
        new IntentJournal.Run() {
          @Override
          public void intend(List<Change> changes) {
            intents.accept(changes);
          }

          @Override
          public void ended(Change change, Outcome outcome) {}
        };
  }

  @Test
  void guests_that_are_waited_for_keep_no_change_from_beginning() throws Exception {
    var begun = new CountDownLatch(100);
    Host host =
        (name, progress) -> {
          progress.awaiting();
          begun.countDown();
          await(begun);
        };
    Change[] changes =
        IntStream.range(0, 100).mapToObj(i -> change("mute-" + i)).toArray(Change[]::new);

    assertThat(apply(host, changes)).allMatch(outcome -> outcome.status() == Outcome.Status.DONE);
  }

  @Test
  void no_more_than_sixty_four_changes_work_at_once() throws Exception {
    var now = new AtomicInteger();
    var most = new AtomicInteger();
    var begun = new CountDownLatch(64);
    Host host =
        (name, progress) -> {
          most.accumulateAndGet(now.incrementAndGet(), Math::max);
          begun.countDown();
          await(begun);
          letTheWalkLook(); // It would begin more, if it did.
          now.decrementAndGet();
        };
    Change[] changes =
        IntStream.range(0, 100).mapToObj(i -> change("one-" + i)).toArray(Change[]::new);

    assertThat(apply(host, changes)).hasSize(100);
    assertThat(most).hasValue(64);
  }

  /** Returns when the walk has looked some times whether it is waited for. */
  private void letTheWalkLook() throws InterruptedException {
    int enough = looks.get() + 3;
    while (looks.get() < enough) {
      Thread.sleep(Duration.ofMillis(10));
    }
  }

  private boolean isHurried() {
    looks.incrementAndGet();
    return hurried.get();
  }

  private List<Outcome> apply(Host host, Change... changes) throws InterruptedException {
    Plan plan =
        new Plan(
            ResourceName.parse("slart"),
            "1",
            List.of(changes),
            List.of(),
            List.of(),
            List.of(),
            List.of());
    return new Applier(host, threads, journal, () -> false, this::isHurried, left::countDown)
        .apply(plan, listener);
  }

  private static Change change(String name, String... follows) {
    ResourceName tap = ResourceName.parse(name);
    return new Change(
        name,
        Action.DELETE,
        Kind.INSTANCE,
        tap,
        Owner.SITE,
        Cause.INTENDED,
        "",
        Disruption.NONE,
        List.of(),
        List.of(),
        Stream.of(follows).toList(),
        new Step.DeleteInstance(tap, List.of()));
  }

  private static void await(CountDownLatch latch) throws InterruptedException {
    latch.await();
  }

  /** A host on which each step does what a test says. */
  private interface Host extends HostPort {
    void perform(String name, Progress progress) throws InterruptedException;

    @Override
    default void perform(Step step, Progress progress) {
      try {
        perform(((Step.DeleteInstance) step).name().value(), progress);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    default Observed observe() {
      throw new UnsupportedOperationException();
    }

    @Override
    default void noteUnused(Set<Version> unused) {}

    @Override
    default Set<ResourceName> silent(Observed observed) {
      return Set.of();
    }
  }
}
