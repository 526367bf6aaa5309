package dev.fjord.planner.instance;

import static dev.fjord.planner.Worlds.SLART;
import static dev.fjord.planner.Worlds.instance;
import static dev.fjord.planner.Worlds.name;
import static dev.fjord.planner.Worlds.site;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.apply.Applier;
import dev.fjord.apply.ApplyListener;
import dev.fjord.apply.Outcome;
import dev.fjord.host.simulated.SimulatedHost;
import dev.fjord.model.Desired;
import dev.fjord.model.Instance;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.MacAddress;
import dev.fjord.model.Observed;
import dev.fjord.model.Rename;
import dev.fjord.plan.DocumentMoves;
import dev.fjord.plan.HandOver;
import dev.fjord.plan.Holder;
import dev.fjord.plan.Plan;
import dev.fjord.plan.PlanFixtures;
import dev.fjord.plan.Target;
import dev.fjord.planner.Edited;
import dev.fjord.planner.Planner;
import dev.fjord.planner.Worlds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Random histories in which machines change their names and owners, come and go, and runs are ended
 * anywhere: each machine is followed by its serial number, and keeps what it had.
 */
class RenamedWorldsTest {
  private static final int WORLDS = Integer.getInteger("fjord.worlds", 1000) / 20;
  private static final List<String> NAMES = List.of("a", "b", "c", "d", "e", "f", "g", "h");
  private static ExecutorService threads;

  @BeforeAll
  static void start() {
    threads = Executors.newFixedThreadPool(2);
  }

  @AfterAll
  static void end() {
    threads.shutdownNow();
  }

  /** A machine as its documents have it. */
  private record Machine(String name, String owner, long memory) {
    Instance document() {
      return Edited.memory(instance(name, owner), memory);
    }

    Holder holder() {
      return Holder.of(document());
    }
  }

  @Test
  void every_machine_keeps_its_identity_its_address_and_its_disks() throws Exception {
    for (int seed = 0; seed < WORLDS; seed++) {
      history(new Random(seed * 31L + 7), seed);
    }
  }

  private static void history(Random random, int seed) throws Exception {
    SimulatedHost host = new SimulatedHost(Worlds.LAYOUT);
    Map<Integer, Machine> machines = new HashMap<>();
    for (int i = 0; i < 3; i++) {
      machines.put(i, new Machine(NAMES.get(i), random.nextBoolean() ? "bob" : "linda", 128));
    }
    Map<Integer, InstanceRecord> known = new HashMap<>();
    Set<Long> bytes = new HashSet<>();
    for (int revision = 0; revision < 6; revision++) {
      List<Rename> renames = new ArrayList<>();
      Set<HandOver> moved = new HashSet<>();
      if (revision > 0) {
        machines.replaceAll((serial, one) -> changed(one, machines, random, renames, moved));
      }
      List<Instance> documents = machines.values().stream().map(Machine::document).toList();
      Desired desired = with(site(documents, "1"), renames);
      Target target =
          PlanFixtures.target(SLART, "r" + revision, 100, null, new DocumentMoves(moved, Set.of()));
      if (random.nextBoolean()) {
        int at = random.nextInt(30);
        host.failAt(n -> n >= at);
        run(host, desired, target);
        host.failAt(n -> false);
        bytes.addAll(host.bytes().keySet());
      }
      assertThat(run(host, desired, target))
          .as("world %s, revision %s", seed, revision)
          .allMatch(outcome -> outcome.status() == Outcome.Status.DONE);
      Plan rest = Planner.plan(desired, List.of(), host.observe(), target);
      assertThat(rest.changes()).as("world %s, revision %s", seed, revision).isEmpty();
      assertThat(rest.refused()).as("world %s, revision %s", seed, revision).isEmpty();
      assertThat(host.bytes().keySet()).containsAll(bytes);
      bytes.addAll(host.bytes().keySet());
      check(host.observe(), machines, known);
    }
  }

  /** At most one of its name and its owner is another than before. */
  private static Machine changed(
      Machine one,
      Map<Integer, Machine> all,
      Random random,
      List<Rename> renames,
      Set<HandOver> moved) {
    return switch (random.nextInt(4)) {
      case 0 -> renamed(one, all, random, renames);
      case 1 -> handedOver(one, moved);
      case 2 -> new Machine(one.name, one.owner, 64L << random.nextInt(3));
      default -> one;
    };
  }

  private static Machine renamed(
      Machine one, Map<Integer, Machine> all, Random random, List<Rename> renames) {
    Set<String> taken = new HashSet<>();
    all.values().forEach(other -> taken.add(other.name));
    // Names that go on to the next one take two commits: that is told when they are loaded.
    renames.forEach(other -> taken.addAll(Set.of(other.to().value(), other.from().value())));
    String other = NAMES.get(random.nextInt(NAMES.size()));
    if (taken.contains(other)) {
      return one;
    }
    renames.add(new Rename(one.document().owner(), name(one.name), name(other)));
    return new Machine(other, one.owner, random.nextBoolean() ? one.memory : 256);
  }

  private static Machine handedOver(Machine one, Set<HandOver> moved) {
    Machine given = new Machine(one.name, one.owner.equals("bob") ? "linda" : "bob", 128);
    moved.add(new HandOver(name(one.name), one.document().owner(), given.document().owner()));
    return given;
  }

  private static void check(
      Observed observed, Map<Integer, Machine> machines, Map<Integer, InstanceRecord> known) {
    assertThat(observed.instances()).hasSameSizeAs(machines.values());
    assertThat(observed.trash()).isEmpty();
    Map<Holder, InstanceRecord> records = new HashMap<>();
    Set<MacAddress> macs = new HashSet<>();
    observed
        .instances()
        .forEach(seen -> {
          InstanceRecord record = Objects.requireNonNull(seen.record());
          assertThat(seen.kernel()).isNotNull();
          records.put(Holder.of(record), record);
          record.leases().forEach(lease -> assertThat(macs.add(lease.mac())).isTrue());
        });
    machines.forEach((serial, one) -> {
      InstanceRecord now = Objects.requireNonNull(records.get(one.holder()), one.toString());
      InstanceRecord before = known.put(serial, now);
      if (before != null) {
        assertThat(now.identity()).isEqualTo(before.identity());
        assertThat(now.uid()).isEqualTo(before.uid());
        assertThat(now.leases().get(0).address()).isEqualTo(before.leases().get(0).address());
        assertThat(now.leases().get(0).mac()).isEqualTo(before.leases().get(0).mac());
      }
    });
  }

  private static Desired with(Desired d, List<Rename> renames) {
    return new Desired(
        d.site(),
        d.hosts(),
        d.kernels(),
        d.images(),
        d.switches(),
        d.partners(),
        d.instances(),
        d.held(),
        d.contests(),
        List.of(),
        renames);
  }

  private static List<Outcome> run(SimulatedHost host, Desired desired, Target target)
      throws InterruptedException {
    Plan plan = Planner.plan(desired, List.of(), host.observe(), target);
    return new Applier(host, threads, () -> false).apply(plan, ApplyListener.NONE);
  }
}
