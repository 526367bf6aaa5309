package dev.fjord.planner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.apply.Applier;
import dev.fjord.apply.ApplyListener;
import dev.fjord.apply.Outcome;
import dev.fjord.host.simulated.SimulatedHost;
import dev.fjord.model.Desired;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.ResourceName;
import dev.fjord.model.RunningKernel;
import dev.fjord.plan.HostAfterPlan;
import dev.fjord.plan.Plan;
import dev.fjord.plan.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a plan says of the host after it, against the host after it. */
class HostAfterPlanTest {
  private static final int WORLDS = 60;

  private final ExecutorService threads = Executors.newSingleThreadExecutor();
  private int ended;
  private int kept;

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  @Test
  void it_is_the_host_once_everything_has_succeeded() throws Exception {
    for (int seed = 0; seed < WORLDS; seed++) {
      history(new Random(seed * 104_729L + 5));
    }
    assertThat(ended).as("kernels that a plan has ended").isPositive();
    assertThat(kept).as("kernels that ran on").isPositive();
  }

  private void history(Random random) throws Exception {
    SimulatedHost host = new SimulatedHost(Worlds.LAYOUT);
    for (int revision = 0; revision < 4; revision++) {
      Desired desired = Worlds.random(random);
      Target target = Worlds.target("r" + revision, 100);
      host.letPass(Duration.ofDays(random.nextInt(9)));
      Observed before = host.observe();
      Plan plan = Planner.plan(desired, List.of(), before, target);
      HostAfterPlan after = HostAfterPlan.of(before, plan.changes());
      List<Outcome> outcomes =
          new Applier(host, threads, () -> false).apply(plan, ApplyListener.NONE);
      if (outcomes.stream().allMatch(one -> one.status() == Outcome.Status.DONE)) {
        check(before, after, host.observe());
      }
    }
  }

  private void check(Observed before, HostAfterPlan after, Observed found) {
    assertThat(records(found)).isEqualTo(answered(after.records(), before.at()));
    Map<ResourceName, RunningKernel> kernels = kernels(found);
    kernels(before)
        .forEach((name, kernel) -> {
          RunningKernel now = kernels.get(name);
          boolean runsOn = after.kernels().containsKey(name);
          assertThat(after.endings(name).isEmpty()).as(name.value()).isEqualTo(runsOn);
          if (runsOn) {
            assertThat(now).as(name.value()).isNotNull();
          }
          if (now == null || !now.boot().equals(kernel.boot())) {
            assertThat(runsOn).as(name.value()).isFalse();
            ended++;
          }
          kept += runsOn ? 1 : 0;
        });
  }

  private static Map<ResourceName, InstanceRecord> records(Observed observed) {
    Map<ResourceName, InstanceRecord> records = new HashMap<>();
    for (ObservedInstance one : observed.instances()) {
      if (one.record() != null) {
        records.put(one.name(), one.record());
      }
    }
    return answered(records, observed.at());
  }

  /** Applying a plan dates what an instance leaves, and ends a rebase whose guest has answered. */
  private static Map<ResourceName, InstanceRecord> answered(
      Map<ResourceName, InstanceRecord> records, Instant at) {
    Map<ResourceName, InstanceRecord> answered = new HashMap<>(records);
    answered.replaceAll((name, record) -> record.withRebase(null).stamped(at));
    return answered;
  }

  private static Map<ResourceName, RunningKernel> kernels(Observed observed) {
    Map<ResourceName, RunningKernel> kernels = new HashMap<>();
    for (ObservedInstance one : observed.instances()) {
      if (one.kernel() != null) {
        kernels.put(one.name(), one.kernel());
      }
    }
    return kernels;
  }
}
