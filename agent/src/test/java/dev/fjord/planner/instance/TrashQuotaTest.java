package dev.fjord.planner.instance;

import static dev.fjord.planner.Worlds.instance;
import static dev.fjord.planner.Worlds.name;
import static dev.fjord.planner.Worlds.target;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.apply.Applier;
import dev.fjord.apply.ApplyListener;
import dev.fjord.host.simulated.SimulatedHost;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Desired;
import dev.fjord.model.Host;
import dev.fjord.model.Instance;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.Partner;
import dev.fjord.model.Quota;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Volume;
import dev.fjord.plan.Change;
import dev.fjord.plan.Plan;
import dev.fjord.plan.Refusal;
import dev.fjord.planner.Edited;
import dev.fjord.planner.Planner;
import dev.fjord.planner.Worlds;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What lies in the trash counts, and comes back. */
class TrashQuotaTest {
  private final SimulatedHost host = new SimulatedHost(Worlds.LAYOUT);
  private final ExecutorService threads = Executors.newSingleThreadExecutor();
  private ByteSize hostDisk = ByteSize.gib(400);

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  @Test
  void renaming_a_volume_again_and_again_fills_nobody_elses_disk() throws Exception {
    apply(with("linda", "a", 6));
    apply(with("linda", "b", 6)); // Twice the quota at most: a is in the trash from here on.

    Plan plan = plan(with("linda", "c", 6));
    for (String volume : List.of("c", "d", "e")) {
      apply(with("linda", volume, 6));
    }

    assertThat(inTrash()).containsExactly("a");
    assertThat(volumes("linda")).containsExactly("b");
    assertThat(plan.changes()).isEmpty();
    assertThat(plan.refused())
        .singleElement()
        .satisfies(refusal -> {
          assertThat(refusal.guard()).isEqualTo("trash-quota");
          assertThat(refusal.summary())
              .isEqualTo(
                  "instance linda asks for new disks; partner linda has 6GiB of disk in use and"
                      + " 6GiB in the trash of host slart, and a quota of 10GiB");
          assertThat(refusal.hint())
              .isEqualTo(
                  "Declare again what lies there, and it comes back; or have the administrator"
                      + " remove what nobody needs from /var/lib/fjord/trash: 19700101T000000Z-a"
                      + " (6GiB).");
        });
  }

  @Test
  void renaming_a_machine_does_not_either() throws Exception {
    apply(with("m1", "a", 6));
    apply();

    Plan plan = plan(with("m2", "a", 6));

    assertThat(plan.changes()).isEmpty();
    assertThat(plan.refused()).extracting(Refusal::guard).containsExactly("trash-quota");
  }

  @Test
  void what_is_declared_again_comes_back_though_the_quota_is_used_up() throws Exception {
    apply(with("m1", "a", 6), with("m2", "a", 4));
    apply(with("m2", "a", 4));
    Instance other = with("m3", "a", 1);

    apply(with("m1", "a", 6), with("m2", "a", 4), other);

    assertThat(volumes("m1")).containsExactly("a");
    assertThat(inTrash()).isEmpty();
  }

  @Test
  void a_volume_that_is_declared_again_is_nothing_new() throws Exception {
    apply(with("linda", "a", 6));
    apply(with("linda", "b", 6));

    assertThat(plan(with("linda", "a", 6)).refused()).isEmpty();
    // A smaller one would be made anew, since none is ever cut.
    assertThat(plan(with("linda", "a", 5)).refused()).isNotEmpty();
  }

  @Test
  void who_grows_nothing_is_held_back_by_no_trash() throws Exception {
    apply(with("m1", "a", 5), with("m2", "a", 5));
    apply(with("m2", "a", 5));

    apply(Edited.memory(with("m2", "a", 5), 256));

    assertThat(record("m2").applied().memory()).isEqualTo(ByteSize.mib(256));
    assertThat(plan(with("m2", "a", 6)).refused()).isNotEmpty();
  }

  @Test
  void what_fits_beside_the_trash_is_made() throws Exception {
    apply(with("m1", "a", 5));
    apply();

    apply(with("m2", "a", 5));

    assertThat(volumes("m2")).containsExactly("a");
    assertThat(plan(with("m2", "a", 5), with("m3", "a", 1)).refused())
        .extracting(Refusal::owner)
        .containsExactly(instance("x", "linda").owner());
  }

  @Test
  void the_trash_of_one_partner_is_not_anothers() throws Exception {
    apply(with("m1", "a", 10));
    apply();

    apply(Edited.swap(of("b", "bob", "a", 10), ByteSize.ZERO));

    assertThat(volumes("b")).containsExactly("a");
  }

  @Test
  void the_host_promises_no_disk_that_the_trash_takes() throws Exception {
    hostDisk = ByteSize.gib(12); // One of them is kept for the host.
    apply(of("s", "", "a", 8));
    apply();
    Instance newcomer = of("b", "bob", "a", 4);

    Plan plan = plan(newcomer);

    assertThat(plan.changes()).isEmpty();
    assertThat(plan.refused())
        .singleElement()
        .satisfies(refusal -> {
          assertThat(refusal.guard()).isEqualTo("capacity");
          assertThat(refusal.summary())
              .endsWith("of that are given away, and 8GiB of disk lie in the trash");
          assertThat(refusal.hint()).contains("remove what nobody needs from the trash");
        });
    assertThat(plan(of("s", "", "a", 8)).refused()).as("comes back").isEmpty();
  }

  @Test
  void who_is_there_is_put_out_by_no_trash() throws Exception {
    apply(of("s", "", "a", 6), of("b", "bob", "a", 4));
    apply(of("b", "bob", "a", 4));
    hostDisk = ByteSize.gib(8);
    host.kill(name("b"));

    assertThat(plan(of("b", "bob", "a", 4)).changes())
        .extracting(Change::id)
        .containsExactly("start/instance/b");
  }

  private static Instance with(String name, String volume, int gib) {
    return of(name, "linda", volume, gib);
  }

  private static Instance of(String name, String partner, String volume, int gib) {
    Instance i = Edited.swap(instance(name, partner), ByteSize.ZERO);
    return i.withDisks(i.image(), List.of(new Volume(name(volume), ByteSize.gib(gib))));
  }

  private Desired site(Instance... instances) {
    Desired d = Worlds.site(instances);
    Host before = d.hosts().get(Worlds.SLART);
    Host slart =
        ModelFixtures.host(
            before.name(),
            before.memory(),
            hostDisk,
            before.reservedMemory(),
            before.reservedDisk(),
            1.0,
            1.0,
            before.uids());
    Map<ResourceName, Partner> partners = new TreeMap<>();
    Quota quota = ModelFixtures.quota(9, ByteSize.gib(9), ByteSize.gib(10), 9);
    d.partners()
        .forEach((name, partner) ->
            partners.put(name, new Partner(partner.name(), partner.keys(), quota)));
    return ModelFixtures.desired(
        d.site(),
        Map.of(slart.name(), slart),
        d.kernels(),
        d.images(),
        d.switches(),
        partners,
        d.instances(),
        d.held(),
        d.contests());
  }

  private Plan plan(Instance... instances) {
    return Planner.plan(site(instances), List.of(), host.observe(), target("1", 9));
  }

  private void apply(Instance... instances) throws InterruptedException {
    new Applier(host, threads, () -> false).apply(plan(instances), ApplyListener.NONE);
  }

  private List<String> inTrash() {
    return host.observe().trashUse().stream()
        .filter(one -> one.volume() != null)
        .map(one -> one.volume().name().value())
        .toList();
  }

  private InstanceRecord record(String name) {
    return host.observe().instances().stream()
        .filter(one -> one.name().equals(name(name)))
        .findFirst()
        .orElseThrow()
        .record();
  }

  private List<String> volumes(String name) {
    return record(name).applied().volumes().stream().map(one -> one.name().value()).toList();
  }
}
