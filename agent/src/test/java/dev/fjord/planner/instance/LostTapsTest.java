package dev.fjord.planner.instance;

import static dev.fjord.planner.Worlds.instance;
import static dev.fjord.planner.Worlds.site;
import static dev.fjord.planner.Worlds.target;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.apply.Applier;
import dev.fjord.apply.ApplyListener;
import dev.fjord.host.simulated.SimulatedHost;
import dev.fjord.model.Desired;
import dev.fjord.model.LostTaps;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.ObservedPort;
import dev.fjord.model.RunningKernel;
import dev.fjord.plan.Cause;
import dev.fjord.plan.Change;
import dev.fjord.plan.Disruption;
import dev.fjord.plan.Plan;
import dev.fjord.planner.Planner;
import dev.fjord.planner.Worlds;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is planned for kernels whose taps somebody deleted. */
class LostTapsTest {
  private static final Desired SITE = site(instance("a", "linda"));

  private final SimulatedHost host = new SimulatedHost(Worlds.LAYOUT);
  private final ExecutorService threads = Executors.newSingleThreadExecutor();

  @BeforeEach
  void it_runs() throws Exception {
    Plan plan = Planner.plan(SITE, List.of(), host.observe(), target("1", 0));
    new Applier(host, threads, () -> false).apply(plan, ApplyListener.NONE);
  }

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  @Test
  void a_kernel_that_takes_up_taps_gets_its_port_mended() {
    assertThat(changes(true, false, true))
        .singleElement()
        .satisfies(change -> {
          assertThat(change.id()).isEqualTo("update/port/a");
          assertThat(change.disruption()).isEqualTo(Disruption.NONE);
          assertThat(change.reason()).isEqualTo("somebody deleted its tap");
          assertThat(change.fields())
              .allMatch(field -> (field.from() + "").endsWith(", lost by its kernel"));
        });
    assertThat(changes(true, false, false))
        .as("while there is no tap of that name either")
        .singleElement()
        .satisfies(change -> assertThat(change.id()).isEqualTo("update/port/a"));
  }

  @Test
  void one_that_does_not_is_restarted_and_says_why() {
    for (boolean tap : List.of(true, false)) {
      assertThat(changes(false, false, tap))
          .singleElement()
          .satisfies(change -> {
            assertThat(change.id()).isEqualTo("restart/instance/a");
            assertThat(change.cause()).isEqualTo(Cause.CORRECTIVE);
            assertThat(change.disruption()).isEqualTo(Disruption.RESTART);
            assertThat(change.reason())
                .startsWith("somebody deleted its tap, and its kernel cannot take up a new one");
          });
    }
  }

  private List<Change> changes(boolean mendable, boolean paused, boolean tap) {
    Observed seen = host.observe();
    ObservedInstance one = seen.instances().get(0);
    RunningKernel kernel = one.kernel();
    LostTaps lost = new LostTaps(Set.copyOf(one.record().taps()), mendable);
    ObservedInstance now =
        ModelFixtures.observedInstance(
            one.name(),
            one.record(),
            one.disks(),
            new RunningKernel(
                kernel.pid(), kernel.boot(), paused, kernel.started(), lost, true, false),
            one.starts(),
            one.fault());
    List<ObservedPort> ports = tap ? seen.ports() : List.of();
    Observed observed = Worlds.with(seen, List.of(now), ports);
    return Planner.plan(SITE, List.of(), observed, target("1", 0)).changes();
  }
}
