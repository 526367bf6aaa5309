package dev.fjord.host.linux;

import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Lease;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.ResourceName;
import dev.fjord.host.linux.uml.Ping;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.ArrayList;

/** Asks running guests whether they answer on their addresses, all side by side. */
record Answers(ExecutorService threads) {
  private static final int TRIES = 3;

  Set<ResourceName> silent(Observed observed) {
    List<Callable<ResourceName>> questions = new ArrayList<>();
    for (ObservedInstance instance : observed.instances()) {
      InstanceRecord record = instance.record();
      boolean asked = record != null && instance.kernel() != null && !instance.kernel().paused();
      if (asked && !record.leases().isEmpty()) {
        questions.add(() -> answers(record) ? null : record.name());
      }
    }
    Set<ResourceName> silent = new HashSet<>();
    try {
      for (Future<ResourceName> answer : threads.invokeAll(questions)) {
        ResourceName name = answer.get();
        if (name != null) {
          silent.add(name);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException("asking guests whether they answer broke", e);
    }
    return silent;
  }

  private static boolean answers(InstanceRecord record) {
    return record.leases().stream().map(Lease::address).allMatch(Answers::answers);
  }

  private static boolean answers(dev.fjord.model.Ipv4Address address) {
    for (int i = 0; i < TRIES; i++) {
      if (Ping.answers(address)) {
        return true;
      }
    }
    return false;
  }
}
