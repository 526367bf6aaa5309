package dev.fjord.host.linux;

import dev.fjord.host.linux.uml.Ping;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.Lease;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedBridge;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.ResourceName;
import dev.fjord.model.RunningKernel;
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
  private static final int TRIES = 3;

  private record Answer(ResourceName name, boolean answers) {}

  Set<ResourceName> silent(Observed observed) {
    List<Callable<Answer>> questions = new ArrayList<>();
    for (ObservedInstance instance : observed.instances()) {
      InstanceRecord record = instance.record();
      RunningKernel kernel = instance.kernel();
      if (record != null && kernel != null && !kernel.paused()) {
        List<Ipv4Address> asked = asked(record, observed);
        questions.add(() -> new Answer(record.name(), asked.stream().allMatch(Answers::answers)));
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

  /** Those that the host can ask: not where it has no address among those of an uplink. */
  private static List<Ipv4Address> asked(InstanceRecord record, Observed observed) {
    return record.leases().stream()
        .filter(lease -> observed.bridges().stream().noneMatch(one -> hides(one, lease)))
        .map(Lease::address)
        .toList();
  }

  private static boolean hides(ObservedBridge bridge, Lease lease) {
    return lease.network().equals(bridge.network())
        && bridge.routing().uplink() != null
        && bridge.addresses().stream().noneMatch(on -> on.contains(lease.address()));
  }

  private static boolean answers(Ipv4Address address) {
    for (int i = 0; i < TRIES; i++) {
      if (Ping.answers(address)) {
        return true;
      }
    }
    return false;
  }
}
