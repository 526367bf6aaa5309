package dev.fjord.host.linux;

import dev.fjord.host.linux.uml.Ping;
import dev.fjord.host.linux.uml.Polling;
import dev.fjord.host.linux.watch.Reach;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.ResourceName;
import dev.fjord.model.RunningKernel;
import dev.fjord.process.Effort;
import dev.fjord.process.Patience;
import dev.fjord.watch.Watched;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Asks running guests whether they answer on their addresses. Most do at once, so that a few
 * threads have asked them all before more threads would have begun. As soon as one is silent the
 * rest are asked in parallel, so that no guest waits for the silence of others.
 */
record GuestPinger(ExecutorService threads) {
  /** Some packets are lost on a busy host: three tries of a fifth of a second. */
  private static final Duration LIMIT = Duration.ofMillis(600);

  private static final int AT_FIRST = 4;

  /** A guest that is to be asked. */
  private record Question(
      ResourceName name, RunningKernel kernel, List<Watched.Address> addresses) {}

  Set<ResourceName> silent(Observed observed) {
    Reach reach = Reach.of(observed.bridges(), observed.ports());
    Queue<Question> open = new ConcurrentLinkedQueue<>();
    for (ObservedInstance instance : observed.instances()) {
      InstanceRecord record = instance.record();
      RunningKernel kernel = instance.kernel();
      if (record != null && kernel != null && !kernel.paused() && !kernel.starting()) {
        open.add(new Question(record.name(), kernel, reach.of(record)));
      }
    }
    AtomicBoolean allAnswer = new AtomicBoolean(true);
    Callable<Set<ResourceName>> few =
        () -> {
          while (allAnswer.get()) {
            Question one = open.poll();
            if (one == null) {
              break;
            }
            if (!one.addresses().stream().allMatch(asked -> Ping.answers(asked.address()))) {
              allAnswer.set(false);
              open.add(one);
            }
          }
          return Set.of();
        };
    Set<ResourceName> silent =
        asked(Collections.nCopies(Math.min(AT_FIRST, open.size()), few), new HashSet<>());
    List<Callable<Set<ResourceName>>> rest = new ArrayList<>();
    open.forEach(one -> rest.add(() -> answers(one) ? Set.of() : Set.of(one.name())));
    return asked(rest, silent);
  }

  private Set<ResourceName> asked(
      List<Callable<Set<ResourceName>>> questions, Set<ResourceName> silent) {
    try {
      for (Future<Set<ResourceName>> answer : threads.invokeAll(questions)) {
        silent.addAll(answer.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException("asking guests whether they answer broke", e);
    }
    return silent;
  }

  /** On a busy host it is asked for as long as its kernel is kept from answering. */
  private static boolean answers(Question asked) {
    List<Watched.Address> silent = new ArrayList<>(asked.addresses());
    Polling.until(
        Patience.of(LIMIT),
        () -> Effort.of(asked.kernel().pid()),
        () -> 0,
        () -> {
          silent.removeIf(one -> Ping.answers(one.address()));
          return silent.isEmpty();
        });
    return silent.isEmpty();
  }
}
