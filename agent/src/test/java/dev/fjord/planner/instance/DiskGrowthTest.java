package dev.fjord.planner.instance;

import static dev.fjord.planner.Edited.memory;
import static dev.fjord.planner.Edited.swap;
import static dev.fjord.planner.Worlds.instance;
import static dev.fjord.planner.Worlds.name;
import static dev.fjord.planner.Worlds.site;
import static dev.fjord.planner.Worlds.target;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.apply.Applier;
import dev.fjord.apply.ApplyListener;
import dev.fjord.apply.Outcome;
import dev.fjord.host.simulated.SimulatedHost;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Desired;
import dev.fjord.model.Instance;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedDisks;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.Owner;
import dev.fjord.model.Volume;
import dev.fjord.plan.Cause;
import dev.fjord.plan.Change;
import dev.fjord.plan.Disruption;
import dev.fjord.plan.FieldChange;
import dev.fjord.plan.Plan;
import dev.fjord.plan.Refusal;
import dev.fjord.planner.Edited;
import dev.fjord.planner.Planner;
import dev.fjord.planner.Worlds;
import dev.fjord.problem.Location;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Disks whose declared size changes. */
class DiskGrowthTest {
  private final ExecutorService threads = Executors.newFixedThreadPool(2);
  private final SimulatedHost host = new SimulatedHost(Worlds.LAYOUT);

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  @Test
  void a_larger_volume_is_a_restart_that_says_so() throws Exception {
    apply(site(storage(instance("a", "linda"), 1)));

    Plan plan = plan(site(storage(instance("a", "linda"), 2)));

    assertThat(plan.refused()).isEmpty();
    Change restart = plan.changes().get(0);
    assertThat(restart.id()).isEqualTo("restart/instance/a");
    assertThat(restart.cause()).isEqualTo(Cause.INTENDED);
    assertThat(restart.disruption()).isEqualTo(Disruption.RESTART);
    assertThat(restart.fields())
        .containsExactly(new FieldChange("volumes.storage", "1GiB", "2GiB"));
    apply(site(storage(instance("a", "linda"), 2)));
    assertThat(host.filesystems(name("a"))).containsEntry(name("storage"), ByteSize.gib(2));
    assertThat(plan(site(storage(instance("a", "linda"), 2))).isEmpty()).isTrue();
  }

  @Test
  void a_file_system_that_does_not_grow_is_told_once_and_the_machine_runs() throws Exception {
    apply(site(storage(instance("a", "linda"), 1)));
    host.breakFilesystem(name("a"), name("storage"));
    Desired larger = site(storage(instance("a", "linda"), 2));

    Outcome outcome = apply(larger).get(0);

    assertThat(outcome.status()).isEqualTo(Outcome.Status.DONE);
    assertThat(outcome.problem().code()).isEqualTo("filesystem-not-grown");
    assertThat(host.observe().instances().get(0).kernel()).isNotNull();
    assertThat(plan(larger).isEmpty()).isTrue();
    assertThat(plan(larger).refused()).isEmpty();
  }

  @Test
  void a_larger_volume_of_a_machine_that_does_not_run_waits_for_its_kernel() throws Exception {
    apply(site(storage(instance("a", "linda"), 1)));
    host.kill(name("a"));

    Plan plan = plan(site(List.of(storage(instance("a", "linda"), 2)), "2"));

    Change update = change(plan, "update/instance/a");
    assertThat(update.disruption()).isEqualTo(Disruption.NONE);
    assertThat(update.fields()).contains(new FieldChange("volumes.storage", "1GiB", "2GiB"));
    String kernel = "uml@" + Worlds.kernel("2").sha256().brief();
    assertThat(update.requires()).contains("create/kernel/" + kernel, "update/kernel/" + kernel);
    assertThat(change(plan, "start/instance/a").requires()).contains("update/instance/a");
  }

  @Test
  void other_changes_of_a_machine_that_does_not_run_wait_for_no_kernel() throws Exception {
    apply(site(instance("a", "linda")));
    host.kill(name("a"));
    Plan plan = plan(site(List.of(memory(instance("a", "linda"), 64)), "2"));
    assertThat(change(plan, "update/instance/a").requires()).isEmpty();
  }

  @Test
  void a_smaller_volume_is_refused_with_the_place_of_its_document() throws Exception {
    apply(site(storage(instance("a", "linda"), 2)));

    Plan plan = plan(site(at(storage(instance("a", "linda"), 1))));

    assertThat(plan.changes()).isEmpty();
    assertThat(plan.refused())
        .singleElement()
        .isEqualTo(
            new Refusal(
                "volume-size",
                Owner.partner(name("linda")),
                "volume storage of instance a has 2GiB and is never made smaller; it is not made"
                    + " 1GiB",
                "Set 'size: 2GiB' again, or declare a volume of another name. It is declared at"
                    + " partners/linda/a.yaml:3:1."));
  }

  @Test
  void a_larger_root_is_a_restart_that_says_so_and_waits_for_its_kernel() throws Exception {
    apply(site(instance("a", "linda")));

    Plan plan = plan(site(instance("a", "linda").withRoot(ByteSize.mib(128))));

    assertThat(ids(plan)).containsExactly("restart/instance/a");
    Change restart = plan.changes().get(0);
    assertThat(restart.cause()).isEqualTo(Cause.INTENDED);
    assertThat(restart.disruption()).isEqualTo(Disruption.RESTART);
    assertThat(restart.fields()).containsExactly(new FieldChange("root", "64MiB", "128MiB"));
    apply(site(instance("a", "linda").withRoot(ByteSize.mib(128))));
    assertThat(host.root(name("a"))).isEqualTo(ByteSize.mib(128));
    assertThat(host.bytes().values()).noneMatch(disk -> disk.startsWith("trash"));
    assertThat(plan(site(instance("a", "linda").withRoot(ByteSize.mib(128)))).isEmpty()).isTrue();

    host.kill(name("a"));
    Plan stopped = plan(site(List.of(instance("a", "linda").withRoot(ByteSize.mib(256))), "2"));
    Change update = change(stopped, "update/instance/a");
    assertThat(update.fields()).contains(new FieldChange("root", "128MiB", "256MiB"));
    String kernel = "uml@" + Worlds.kernel("2").sha256().brief();
    assertThat(update.requires()).contains("update/kernel/" + kernel);
  }

  @Test
  void a_root_that_is_as_large_as_its_image_is_no_change() throws Exception {
    apply(site(instance("a", "linda")));
    assertThat(plan(site(instance("a", "linda").withRoot(ByteSize.mib(64)))).isEmpty()).isTrue();
  }

  @Test
  void a_smaller_root_is_refused_with_the_place_of_its_document() throws Exception {
    apply(site(instance("a", "linda").withRoot(ByteSize.mib(128))));
    for (ByteSize less : new ByteSize[] {ByteSize.mib(64), null}) {
      Plan plan = plan(site(at(instance("a", "linda")).withRoot(less)));
      assertThat(plan.changes()).isEmpty();
      assertThat(plan.refused())
          .singleElement()
          .isEqualTo(
              new Refusal(
                  "root-size",
                  Owner.partner(name("linda")),
                  "the root of instance a has 128MiB and is never made smaller; it is not made"
                      + " 64MiB",
                  "Set 'root: 128MiB', or declare a new instance. It is declared at"
                      + " partners/linda/a.yaml:3:1."));
    }
  }

  @Test
  void a_new_machine_with_a_large_root_waits_for_its_kernel_and_counts_in_full() {
    Plan plan = plan(site(instance("a", "linda").withRoot(ByteSize.gib(2))));
    String kernel = "uml@" + Worlds.kernel("1").sha256().brief();
    assertThat(change(plan, "create/instance/a").requires()).contains("update/kernel/" + kernel);
    assertThat(change(plan, "create/instance/a").fields())
        .contains(new FieldChange("root", null, "2GiB"));
    Plan huge = plan(site(instance("a", "linda").withRoot(ByteSize.gib(399))));
    assertThat(huge.refused()).extracting(Refusal::guard).containsExactly("capacity");
  }

  @Test
  void a_growth_that_was_begun_is_told_not_taken_back_and_stops_nobody() throws Exception {
    apply(site(storage(instance("a", "linda"), 1)));
    Observed longer = withStorage(host.observe(), ByteSize.gib(2));

    Plan back =
        Planner.plan(site(storage(instance("a", "linda"), 1)), List.of(), longer, target("2", 0));
    assertThat(back.changes()).isEmpty();
    assertThat(back.refused())
        .singleElement()
        .satisfies(refusal -> {
          assertThat(refusal.guard()).isEqualTo("volume-size");
          assertThat(refusal.summary())
              .isEqualTo(
                  "the file of volume storage of instance a is 2GiB long, more than the 1GiB that"
                      + " are declared, and is never made shorter");
        });

    Plan on =
        Planner.plan(site(storage(instance("a", "linda"), 2)), List.of(), longer, target("2", 0));
    assertThat(on.refused()).isEmpty();
    assertThat(ids(on)).containsExactly("restart/instance/a");
  }

  @Test
  void a_guest_that_changes_the_length_of_its_volume_restarts_nothing() throws Exception {
    apply(site(storage(instance("a", "linda"), 2)));
    for (long mib : List.of(1L, 1L << 20)) {
      Observed other = withStorage(host.observe(), ByteSize.mib(mib));
      assertThat(
              Planner.plan(
                      site(storage(instance("a", "linda"), 2)), List.of(), other, target("2", 0))
                  .changes())
          .isEmpty();
    }
  }

  @Test
  void a_growth_that_does_not_fit_is_refused_and_the_machine_stays_as_it_is() throws Exception {
    apply(site(storage(instance("a", "linda"), 2), instance("b", "linda")));
    host.kill(name("b"));

    Plan plan =
        plan(site(storage(instance("a", "linda"), 399), memory(instance("b", "linda"), 30_000)));

    assertThat(ids(plan)).containsExactly("start/instance/b");
    assertThat(plan.refused()).extracting(Refusal::guard).containsExactly("capacity", "capacity");
    assertThat(plan.refused().get(0).summary())
        .startsWith("instance a wants 128MiB of memory and at worst 409152MiB of disk");
  }

  @Test
  void another_swap_is_a_restart_that_says_so() throws Exception {
    apply(site(instance("a", "linda")));
    Plan plan = plan(site(swap(instance("a", "linda"), ByteSize.mib(256))));
    assertThat(ids(plan)).containsExactly("restart/instance/a");
    assertThat(plan.changes().get(0).fields())
        .containsExactly(new FieldChange("swap", "512MiB", "256MiB"));
    assertThat(plan.changes().get(0).cause()).isEqualTo(Cause.INTENDED);
  }

  private static Change change(Plan plan, String id) {
    return plan.changes().stream().filter(one -> one.id().equals(id)).findFirst().orElseThrow();
  }

  private static Instance storage(Instance instance, long gib) {
    return instance.withDisks(
        instance.image(), List.of(new Volume(name("storage"), ByteSize.gib(gib))));
  }

  private static Observed withStorage(Observed o, ByteSize size) {
    return ModelFixtures.observed(
        o.layout(),
        o.at(),
        o.kernels(),
        o.images(),
        o.bridges(),
        o.ports(),
        o.instances().stream().map(one -> withStorage(one, size)).toList(),
        o.trash(),
        o.trashedRoots(),
        o.trashUse(),
        o.filters(),
        o.daemons(),
        o.names(),
        o.ailments(),
        o.problems());
  }

  private static ObservedInstance withStorage(ObservedInstance one, ByteSize size) {
    Map<dev.fjord.model.ResourceName, ByteSize> volumes = Map.of(name("storage"), size);
    return ModelFixtures.observedInstance(
        one.name(),
        one.record(),
        new ObservedDisks(one.disks().rootBacking(), one.disks().swap(), volumes),
        one.kernel(),
        one.starts(),
        null);
  }

  private static Instance at(Instance i) {
    return Edited.at(i, new Location("partners/linda/a.yaml", 3, 1));
  }

  private static List<String> ids(Plan plan) {
    return plan.changes().stream().map(Change::id).toList();
  }

  private Plan plan(Desired desired) {
    return Planner.plan(desired, List.of(), host.observe(), target("r", 0));
  }

  private List<Outcome> apply(Desired desired) throws InterruptedException {
    return new Applier(host, threads, () -> false).apply(plan(desired), ApplyListener.NONE);
  }
}
