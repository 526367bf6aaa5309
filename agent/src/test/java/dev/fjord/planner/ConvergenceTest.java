package dev.fjord.planner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.apply.Applier;
import dev.fjord.apply.ApplyListener;
import dev.fjord.apply.Outcome;
import dev.fjord.host.simulated.SimulatedHost;
import dev.fjord.json.ObservedSnapshot;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Desired;
import dev.fjord.model.Digest;
import dev.fjord.model.FilteredPort;
import dev.fjord.model.Filters;
import dev.fjord.model.ImageChangePolicy;
import dev.fjord.model.ImageVersion;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.IpAddress;
import dev.fjord.model.Layout;
import dev.fjord.model.Lease;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.Site;
import dev.fjord.model.StoredImage;
import dev.fjord.model.StoredKernel;
import dev.fjord.model.TrashedInstance;
import dev.fjord.model.TrashedRoot;
import dev.fjord.model.Upkeep;
import dev.fjord.model.Volume;
import dev.fjord.plan.Cause;
import dev.fjord.plan.Change;
import dev.fjord.plan.Plan;
import dev.fjord.plan.Refusal;
import dev.fjord.plan.RememberedPlan;
import dev.fjord.plan.Target;
import dev.fjord.planner.address.SwitchAddress;
import dev.fjord.planner.store.UnusedVersion;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Properties over random worlds, each a history of revisions on one simulated host. */
class ConvergenceTest {
  private static final int WORLDS = Integer.getInteger("fjord.worlds", 1000);
  private static ExecutorService threads;

  @BeforeAll
  static void start() {
    threads = Executors.newFixedThreadPool(2);
  }

  @AfterAll
  static void end() {
    threads.shutdownNow();
  }

  static LongStream batches() {
    return LongStream.range(0, 10);
  }

  @ParameterizedTest
  @MethodSource("batches")
  void converges_and_keeps_every_promise(long batch) throws Exception {
    for (int i = 0; i < WORLDS / 10; i++) {
      history(new Random(batch * 1_000_003 + i), false);
    }
  }

  @ParameterizedTest
  @MethodSource("batches")
  void converges_after_a_stop_at_any_step(long batch) throws Exception {
    for (int i = 0; i < WORLDS / 10; i++) {
      history(new Random(batch * 7_000_003 + i), true);
    }
  }

  /** Whatever ends meanwhile, and whoever meddles. */
  @ParameterizedTest
  @MethodSource("batches")
  void a_remembered_plan_is_the_one_that_would_be_made(long batch) throws Exception {
    Remembering plans = new Remembering();
    for (int i = 0; i < WORLDS / 20; i++) {
      Random random = new Random(batch * 9_000_011 + i);
      SimulatedHost host = new SimulatedHost(Worlds.LAYOUT);
      for (int revision = 0; revision < 3; revision++) {
        Desired desired = Worlds.random(random);
        Target target = Worlds.target("r" + revision, 100);
        host.letPass(Duration.ofDays(random.nextInt(4)));
        run(host, desired, target);
        run(host, desired, target);
        host.noteUnused(UnusedVersion.in(desired, host.observe()));
        plans.compare(host, desired, target);
        passUntilShortlyBefore(ends(host.observe(), desired.site()), host, random);
        for (int look = 0; look < 4; look++) {
          plans.compare(host, desired, target);
          host.letPass(Duration.ofSeconds(random.nextInt(100)));
          plans.compare(host, desired, target);
        }
        disturb(host, random);
        plans.compare(host, desired, target);
        Desired other = Worlds.random(random);
        plans.compare(host, other, target);
        plans.compare(host, other, Worlds.target("r" + revision, 0));
      }
    }
    assertThat(plans.remembered).as("plans that were not made anew").isPositive();
  }

  private static void passUntilShortlyBefore(
      List<Instant> ends, SimulatedHost host, Random random) {
    Instant now = host.observe().at();
    List<Instant> coming = ends.stream().filter(end -> end.isAfter(now.plusSeconds(90))).toList();
    if (!coming.isEmpty()) {
      Instant end = coming.get(random.nextInt(coming.size()));
      host.letPass(Duration.between(now, end.minusSeconds(90)));
    }
  }

  /**
   * When addresses are free again that went to the trash, and versions leave that nothing needs.
   */
  private static List<Instant> ends(Observed observed, Site site) {
    List<Instant> ends = new ArrayList<>();
    for (TrashedInstance one : observed.trash()) {
      if (one.removed() != null) {
        ends.add(one.removed().plus(site.quarantine()));
      }
    }
    Stream.concat(
            observed.images().stream().map(StoredImage::upkeep),
            observed.kernels().stream().map(StoredKernel::upkeep))
        .filter(upkeep -> upkeep.unusedSince() != null)
        .forEach(upkeep -> ends.add(upkeep.unusedSince().plus(site.unusedKept())));
    return ends;
  }

  /** Compares plans that are remembered with those that are made anew. */
  private static final class Remembering {
    private int made;
    private int remembered;
    private final RememberedPlan plans =
        new RememberedPlan((desired, found, observed, target) -> {
          made++;
          return Planner.plan(desired, found, observed, target);
        });

    void compare(SimulatedHost host, Desired desired, Target target) {
      int before = made;
      Observed seen = host.observe();
      assertThat(plans.plan(desired, List.of(), seen, target))
          .isEqualTo(Planner.plan(desired, List.of(), seen, target));
      remembered += made == before ? 1 : 0;
    }
  }

  private void history(Random random, boolean failing) throws Exception {
    SimulatedHost host = new SimulatedHost(Worlds.LAYOUT);
    Ledger ledger = new Ledger();
    for (int revision = 0; revision < 4; revision++) {
      Desired desired = Worlds.random(random);
      if (random.nextInt(3) == 0) {
        desired = Worlds.contended(desired, random);
      }
      Target target = Worlds.target("r" + revision, 100);
      host.letPass(Duration.ofDays(random.nextInt(9)));
      if (random.nextInt(4) == 0) {
        disturb(host, random);
      }
      if (failing) {
        int at = random.nextInt(40);
        host.failAt(random.nextBoolean() ? n -> n >= at : n -> n == at);
        run(host, desired, target);
        ledger.check(host);
        host.failAt(n -> false);
      }
      if (random.nextInt(3) == 0) {
        desired
            .images()
            .values()
            .forEach(image -> host.spoil(new ImageVersion(image.name(), image.version())));
      }
      Plan first = plan(host, desired, target);
      assertThat(plan(host, shuffled(desired, random), target)).isEqualTo(first);
      List<Outcome> outcomes = apply(host, desired, first);
      assertThat(outcomes).allMatch(ConvergenceTest::isDoneOrPutBack);
      ledger.check(host);
      for (int again = 0; again < 3 && !areDone(outcomes); again++) {
        assertThat(plan(host, desired, target).changes())
            .anyMatch(change -> change.cause() == Cause.ROLLBACK);
        outcomes = run(host, desired, target);
        assertThat(outcomes).allMatch(ConvergenceTest::isDoneOrPutBack);
        ledger.check(host);
      }
      Plan second = plan(host, desired, target);
      if (!alarms(first).isEmpty() && !second.isEmpty()) {
        // Who is blocked keeps addresses that were promised to others: they may take one step more.
        run(host, desired, target);
        ledger.check(host);
        first = second;
        second = plan(host, desired, target);
      }
      assertThat(second.changes()).as("after %s and %s", ids(first), first.refused()).isEmpty();
      ledger.checkRoots(host);
      ledger.checkFilters(host);
      // Of a contest the plan tells why a claim does not count, until somebody else has the thing.
      if (alarms(first).isEmpty() && desired.contests().isEmpty()) {
        assertThatRefusalsStay(guards(first), guards(second));
      }
      assertThat(alarms(first)).as("after %s", ids(first)).containsAll(alarms(second));
      host.noteUnused(UnusedVersion.in(desired, host.observe()));
    }
    Observed seen = host.observe();
    assertThat(ObservedSnapshot.read(ObservedSnapshot.of(seen), "snapshot")).isEqualTo(seen);
  }

  private static boolean areDone(List<Outcome> outcomes) {
    return outcomes.stream().allMatch(outcome -> outcome.status() == Outcome.Status.DONE);
  }

  /** A version on which an instance does not come up is the one thing that may fail. */
  private static boolean isDoneOrPutBack(Outcome outcome) {
    return outcome.status() == Outcome.Status.DONE
        || outcome.problem() != null
            && List.of("rebase-failed", "requirement-failed").contains(outcome.problem().code());
  }

  /** Fewer afterwards: a version may be changed, and needed by nobody once the plan is applied. */
  private static List<String> alarms(Plan plan) {
    return plan.refused().stream().map(Refusal::guard).filter(g -> g.endsWith("-changed")).toList();
  }

  /**
   * Without the wording: who holds an address may have gone to the trash meanwhile. Nor which
   * version did not work, which is found out on the way.
   */
  private static List<String> guards(Plan plan) {
    return plan.refused().stream()
        .filter(refusal -> !refusal.guard().equals("image-rebase"))
        .map(r -> r.guard() + " " + r.owner())
        .sorted()
        .toList();
  }

  /**
   * The same, but for one thing: who has no room on the host claims no address, so a newcomer may
   * have the last one by now, and that is what is refused then.
   */
  private static void assertThatRefusalsStay(List<String> first, List<String> second) {
    List<String> then = new ArrayList<>(first);
    List<String> now = new ArrayList<>(second);
    second.forEach(then::remove);
    first.forEach(now::remove);
    then.replaceAll(one -> one.replaceFirst("^capacity ", "addresses "));
    assertThat(now).as("%s after %s", second, first).containsExactlyInAnyOrderElementsOf(then);
  }

  private static List<String> ids(Plan plan) {
    return plan.changes().stream().map(Change::id).toList();
  }

  private static void disturb(SimulatedHost host, Random random) {
    Observed observed = host.observe();
    observed.instances().stream()
        .skip(random.nextInt(3))
        .findFirst()
        .ifPresent(i -> host.kill(i.name()));
    observed.ports().stream()
        .skip(random.nextInt(3))
        .findFirst()
        .ifPresent(p -> host.loseLink(p.tap()));
    observed.ports().stream()
        .skip(random.nextInt(3))
        .findFirst()
        .ifPresent(p -> host.forgetStations(p.tap()));
    observed.daemons().stream()
        .skip(random.nextInt(3))
        .findFirst()
        .ifPresent(daemon -> host.kill(daemon.kind(), daemon.network()));
    observed.images().forEach(image -> meddle(host, image.digest(), image.upkeep(), random));
    observed.kernels().forEach(kernel -> meddle(host, kernel.digest(), kernel.upkeep(), random));
    if (random.nextInt(3) == 0) {
      host.flushFilters();
    }
    if (random.nextBoolean()) {
      observed.bridges().stream().findFirst().ifPresent(b -> host.loseLink(b.name()));
    }
  }

  private static void meddle(SimulatedHost host, Digest digest, Upkeep was, Random random) {
    Upkeep.Content content = List.of(Upkeep.Content.values()).get(random.nextInt(3));
    boolean repair = random.nextInt(4) == 0;
    host.meddle(digest, new Upkeep(content, "meddled with", was.unusedSince(), repair));
  }

  private static Plan plan(SimulatedHost host, Desired desired, Target target) {
    return Planner.plan(desired, List.of(), host.observe(), target);
  }

  private static List<Outcome> run(SimulatedHost host, Desired desired, Target target)
      throws InterruptedException {
    return apply(host, desired, plan(host, desired, target));
  }

  private static List<Outcome> apply(SimulatedHost host, Desired desired, Plan plan)
      throws InterruptedException {
    host.noteUnused(UnusedVersion.in(desired, host.observe()));
    return new Applier(host, threads, () -> false).apply(plan, ApplyListener.NONE);
  }

  private static Desired shuffled(Desired d, Random random) {
    var instances = new ArrayList<>(d.instances());
    Collections.shuffle(instances, random);
    return ModelFixtures.desired(
        d.site(),
        d.hosts(),
        d.kernels(),
        d.images(),
        d.switches(),
        d.partners(),
        instances,
        d.held(),
        d.contests());
  }

  /** What was seen before, held against what is there now. */
  private static IpAddress address(String word) {
    return word.startsWith("[")
        ? IpAddress.parse(word.substring(1, word.indexOf(']')))
        : IpAddress.parse(word.substring(0, word.indexOf(':')));
  }

  private static final class Ledger {
    private final Set<Long> bytes = new HashSet<>();
    private final Map<String, InstanceRecord> records = new HashMap<>();
    private final Map<String, Instant> gone = new HashMap<>();
    private Instant at = Instant.EPOCH;

    void check(SimulatedHost host) {
      Set<Long> now = host.bytes().keySet();
      assertThat(now).as("no disk is ever destroyed").containsAll(bytes);
      bytes.addAll(now);
      Observed observed = host.observe();
      everybodyHasAnImage(observed);
      at = observed.at();
      everyAddressIsOnOnePort(observed);
      Set<IpAddress> answering = new HashSet<>();
      Map<SwitchAddress, String> held = new HashMap<>();
      Map<Integer, String> uids = new HashMap<>();
      for (ObservedInstance seen : observed.instances()) {
        InstanceRecord record = seen.record();
        assertThat(record).isNotNull();
        String key = record.owner() + "/" + record.name();
        record.leases().stream()
            .flatMap(SwitchAddress::of)
            .forEach(
                place -> assertThat(held.put(place, key)).as("one holder of %s", place).isNull());
        assertThat(uids.put(record.uid(), key)).as("one holder of uid %s", record.uid()).isNull();
        if (seen.kernel() != null) {
          for (String word : seen.kernel().boot().arguments()) {
            if (word.startsWith("ip=")) {
              IpAddress address = address(word.substring(3));
              assertThat(answering.add(address)).as("%s answers once", address).isTrue();
            }
          }
        }
        remember(key, record);
        ByteSize root = host.root(record.name());
        assertThat(
                record.applied().root() == null
                    || root != null && root.compareTo(record.applied().root()) >= 0)
            .as("what is recorded of the root of %s was done: %s", key, root)
            .isTrue();
        for (Volume volume : record.applied().volumes()) {
          // One that a run was about to record as gone is in the trash already.
          ByteSize filesystem = host.filesystems(record.name()).get(volume.name());
          assertThat(filesystem == null || filesystem.compareTo(volume.size()) >= 0)
              .as("what is recorded of %s was done: %s", volume, filesystem)
              .isTrue();
        }
      }
      for (String key : records.keySet()) {
        if (held.containsValue(key)) {
          gone.remove(key);
        } else {
          gone.putIfAbsent(key, at);
        }
      }
      // One that a document gave another address on its way back, and that did not come back.
      for (TrashedInstance trashed : observed.trash()) {
        String key = trashed.record().owner() + "/" + trashed.record().name();
        records.computeIfPresent(key, (k, before) -> before.withAddressesOf(trashed.record()));
        String holder = uids.putIfAbsent(trashed.record().uid(), key);
        assertThat(holder == null || holder.equals(key))
            .as("uid %s of %s in the trash, also of %s", trashed.record().uid(), key, holder)
            .isTrue();
      }
    }

    /** Whatever was done of a plan, and whatever is there by now: nobody may send as two do. */
    private static void everyAddressIsOnOnePort(Observed observed) {
      Filters filters = observed.filters().inForce();
      if (filters != null) {
        assertThat(filters.ports().stream().map(port -> port.lease().address()))
            .doesNotHaveDuplicates();
        assertThat(filters.ports().stream().map(port -> port.lease().tap()))
            .doesNotHaveDuplicates();
      }
    }

    /** Once nothing is left to do, every record has its ports, and nobody else has any. */
    void checkFilters(SimulatedHost host) {
      Observed observed = host.observe();
      Filters filters = observed.filters().inForce();
      assertThat(filters).isNotNull();
      assertThat(filters.ports().stream().map(FilteredPort::lease))
          .containsExactlyInAnyOrderElementsOf(
              observed.instances().stream()
                  .flatMap(seen -> seen.record().leases().stream())
                  .toList());
    }

    /** Whoever was made on an image still has it: in the trash, and whatever was removed. */
    private static void everybodyHasAnImage(Observed observed) {
      Set<Digest> stored =
          observed.images().stream().map(StoredImage::digest).collect(Collectors.toSet());
      for (ObservedInstance seen : observed.instances()) {
        assertThat(stored).as("%s", seen.name()).contains(seen.record().base());
      }
      for (TrashedRoot root : observed.trashedRoots()) {
        assertThat(stored).as("trash/%s", root.folder()).contains(root.record().base());
      }
    }

    /** Once nothing is left to do, a root stands where its record says. */
    void checkRoots(SimulatedHost host) {
      for (ObservedInstance seen : host.observe().instances()) {
        InstanceRecord record = seen.record();
        assertThat(record).isNotNull();
        Path backing = seen.disks().rootBacking();
        assertThat(Worlds.LAYOUT.isImage(backing, record.applied().image(), record.base()))
            .as("the root of %s, on %s", seen.name(), backing)
            .isTrue();
        ByteSize root = record.applied().root();
        ByteSize wide = Layout.wideSize(backing);
        // A larger one began to grow before its document went back: that is told, and stays.
        assertThat(root == null || wide != null && wide.compareTo(root) >= 0)
            .as("the root of %s, on %s", seen.name(), backing)
            .isTrue();
      }
    }

    private boolean isLate(String key) {
      Instant left = gone.getOrDefault(key, at);
      return Duration.between(left, at).compareTo(Site.QUARANTINE) >= 0;
    }

    private void remember(String key, InstanceRecord record) {
      InstanceRecord before = records.get(key);
      if (before != null
          && record.revision().equals(before.revision())
          && !record.leases().equals(before.leases())) {
        // Brought back from the trash by half: it has its new addresses and its old document.
        if (isLate(key)) {
          records.put(key, before.withAddressesOf(record));
        }
        return;
      }
      records.put(key, record);
      if (before == null) {
        return;
      }
      assertThat(record.identity()).isEqualTo(before.identity());
      assertThat(record.uid()).isEqualTo(before.uid());
      if (before.applied().root() != null) {
        assertThat(record.applied().root())
            .as("the root of %s is never made smaller", key)
            .isGreaterThanOrEqualTo(before.applied().root());
      }
      for (Volume volume : record.applied().volumes()) {
        before.applied().volumes().stream()
            .filter(b -> b.name().equals(volume.name()))
            .forEach(b ->
                assertThat(volume.size())
                    .as("%s is never made smaller", volume)
                    .isGreaterThanOrEqualTo(b.size()));
      }
      if (record.applied().onImageChange() == ImageChangePolicy.KEEP) {
        assertThat(record.base()).isEqualTo(before.base());
      }
      for (Lease lease : record.leases()) {
        boolean named =
            record.applied().network().stream()
                .anyMatch(n -> n.network().equals(lease.network()) && n.address() != null);
        boolean late = isLate(key);
        before.leases().stream()
            .filter(b -> b.network().equals(lease.network()) && !named && !late)
            .filter(b -> !lease.further().contains(b.address()))
            .forEach(b ->
                assertThat(lease.address()).as("%s keeps its lease", key).isEqualTo(b.address()));
      }
    }
  }
}
