package dev.fjord.planner.instance;

import static dev.fjord.planner.Edited.onImageChange;
import static dev.fjord.planner.Edited.power;
import static dev.fjord.planner.Edited.restart;
import static dev.fjord.planner.Worlds.instance;
import static dev.fjord.planner.Worlds.name;
import static dev.fjord.planner.Worlds.site;
import static dev.fjord.planner.Worlds.target;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.apply.Applier;
import dev.fjord.apply.ApplyListener;
import dev.fjord.host.simulated.SimulatedHost;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Desired;
import dev.fjord.model.Digest;
import dev.fjord.model.ImageChangePolicy;
import dev.fjord.model.Instance;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.Power;
import dev.fjord.model.RestartPolicy;
import dev.fjord.plan.ImageChange;
import dev.fjord.plan.ImageChange.Affected;
import dev.fjord.plan.ImageChange.Fate;
import dev.fjord.plan.ImageChange.OldVersion;
import dev.fjord.plan.Plan;
import dev.fjord.planner.Planner;
import dev.fjord.planner.Worlds;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ImageChangesTest {
  private static final Digest FIRST = Worlds.image("1").version();
  private static final Digest SECOND = Worlds.image("2").version();

  private final ExecutorService threads = Executors.newFixedThreadPool(2);
  private final SimulatedHost host = new SimulatedHost(Worlds.LAYOUT);

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  @Test
  void a_first_version_means_nothing_to_anybody() throws Exception {
    assertThat(plan(site(instance("a", "linda"))).images()).isEmpty();
    apply(site(instance("a", "linda")));
    assertThat(plan(site(instance("a", "linda"))).images()).isEmpty();
  }

  @Test
  void a_new_version_tells_what_becomes_of_each() throws Exception {
    Instance keeps = instance("keeps", "linda");
    Instance restarts = replaced("restarts", "linda");
    Instance stopped = power(replaced("stopped", "bob"), Power.STOPPED);
    Instance waits = restart(replaced("waits", ""), RestartPolicy.NEXT_START);
    List<Instance> all = List.of(waits, keeps, stopped, restarts);
    apply(site(all, "1"));

    Plan plan = plan(site(all, "2"));

    assertThat(plan.images())
        .containsExactly(
            new ImageChange(
                name("tiny"),
                SECOND,
                ByteSize.mib(64),
                true,
                List.of(
                    new OldVersion(
                        name("tiny"),
                        FIRST,
                        ByteSize.mib(64),
                        List.of(name("keeps"), name("waits")))),
                List.of(
                    affected(keeps, Fate.KEEPS),
                    affected(restarts, Fate.RESTARTS),
                    affected(stopped, Fate.MOVES),
                    affected(waits, Fate.WAITS))));
    assertThat(plan.images().get(0).roots()).isEqualTo(2);
  }

  @Test
  void who_is_carried_over_restarts_if_it_runs() throws Exception {
    Instance runs = rebasing("runs");
    Instance rests = rebasing("rests");
    apply(site(List.of(runs, rests), "1"));
    host.kill(name("rests"));

    Plan plan = plan(site(List.of(runs, rests), "2"));

    assertThat(plan.images().get(0).instances())
        .containsExactly(affected(rests, Fate.MOVES), affected(runs, Fate.RESTARTS));
  }

  @Test
  void what_was_told_and_done_is_not_told_again() throws Exception {
    List<Instance> all =
        List.of(
            instance("keeps", "linda"), restart(replaced("waits", ""), RestartPolicy.NEXT_START));
    apply(site(all, "1"));
    apply(site(all, "2"));
    assertThat(plan(site(all, "2")).images()).isEmpty();
  }

  @Test
  void whoever_may_not_change_now_is_told_apart() throws Exception {
    Instance held = replaced("held", "linda");
    Instance restarts = replaced("restarts", "bob");
    apply(site(List.of(held, restarts), "1"));

    Desired next = site(List.of(restarts), "2");
    Plan plan = plan(holding(next, "linda"));

    assertThat(plan.images().get(0).instances())
        .containsExactly(affected(held, Fate.HELD), affected(restarts, Fate.RESTARTS));
    assertThat(plan.images().get(0).from().get(0).users()).containsExactly(name("held"));
  }

  @Test
  void going_back_needs_no_room_for_a_version_that_is_there() throws Exception {
    Instance linda = replaced("linda", "linda");
    apply(site(List.of(linda), "1"));
    apply(site(List.of(linda), "2"));

    ImageChange back = plan(site(List.of(linda), "1")).images().get(0);

    assertThat(back.isStored()).isFalse();
    assertThat(back.to()).isEqualTo(FIRST);
    assertThat(back.from())
        .containsExactly(new OldVersion(name("tiny"), SECOND, ByteSize.mib(64), List.of()));
  }

  private static Affected affected(Instance instance, Fate fate) {
    return new Affected(instance.name(), instance.owner(), instance.onImageChange(), fate);
  }

  private static Desired holding(Desired d, String partner) {
    return ModelFixtures.desired(
        d.site(),
        d.hosts(),
        d.kernels(),
        d.images(),
        d.switches(),
        d.partners(),
        d.instances(),
        Set.of(dev.fjord.model.Owner.partner(name(partner))),
        d.contests());
  }

  private static Instance replaced(String name, String partner) {
    return onImageChange(instance(name, partner), ImageChangePolicy.REPLACE);
  }

  private static Instance rebasing(String name) {
    return onImageChange(instance(name, "linda"), ImageChangePolicy.REBASE);
  }

  private Plan plan(Desired desired) {
    return Planner.plan(desired, List.of(), host.observe(), target("r", 0));
  }

  private void apply(Desired desired) throws InterruptedException {
    new Applier(host, threads, () -> false).apply(plan(desired), ApplyListener.NONE);
  }
}
