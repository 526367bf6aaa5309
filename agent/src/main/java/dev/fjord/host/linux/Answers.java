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
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/** Asks running guests whether they answer on their addresses, all side by side. */
record Answers(ExecutorService threads) {
  /** Some packets are lost on a busy host: three tries of a fifth of a second. */
  private static final Duration LIMIT = Duration.ofMillis(600);

  private record Answer(ResourceName name, boolean answers) {}

  Set<ResourceName> silent(Observed observed) {
    Reach reach = Reach.of(observed.bridges(), observed.ports());
    List<Callable<Answer>> questions = new ArrayList<>();
    for (ObservedInstance instance : observed.instances()) {
      InstanceRecord record = instance.record();
      RunningKernel kernel = instance.kernel();
      if (record != null && kernel != null && !kernel.paused() && !kernel.starting()) {
        List<Watched.Address> addresses = reach.of(record);
        questions.add(() -> new Answer(record.name(), answers(kernel, addresses)));
      }
    }
    Set<ResourceName> silent = new HashSet<>();
    try {
      for (Future<Answer> answer : threads.invokeAll(questions)) {
        if (!answer.get().answers()) {
          silent.add(answer.get().name());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException("asking guests whether they answer broke", e);
    }
    return silent;
  }

  /** On a busy host it is asked for as long as its kernel is kept from answering. */
  private static boolean answers(RunningKernel kernel, List<Watched.Address> addresses) {
    List<Watched.Address> silent = new ArrayList<>(addresses);
    Polling.until(
        Patience.of(LIMIT),
        () -> Effort.of(kernel.pid()),
        () -> 0,
        () -> {
          silent.removeIf(one -> Ping.answers(one.address()));
          return silent.isEmpty();
        });
    return silent.isEmpty();
  }
}
