package dev.fjord.planner.instance;

import static dev.fjord.planner.Edited.memory;
import static dev.fjord.planner.Edited.network;
import static dev.fjord.planner.Edited.restart;
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
import dev.fjord.model.Displaced;
import dev.fjord.model.Instance;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.ObservedPort;
import dev.fjord.model.Owner;
import dev.fjord.model.Power;
import dev.fjord.model.Rename;
import dev.fjord.model.RestartPolicy;
import dev.fjord.plan.Cause;
import dev.fjord.plan.Change;
import dev.fjord.plan.Disruption;
import dev.fjord.plan.DocumentMoves;
import dev.fjord.plan.FieldChange;
import dev.fjord.plan.HandOver;
import dev.fjord.plan.Plan;
import dev.fjord.plan.PlanFixtures;
import dev.fjord.plan.Refusal;
import dev.fjord.plan.Waiting;
import dev.fjord.planner.Edited;
import dev.fjord.planner.Planner;
import dev.fjord.planner.Worlds;
import dev.fjord.planner.network.FilterChanges;
import dev.fjord.problem.Location;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Instances that get another name or another owner, and keep all the rest. */
class RenamesTest {
  private static final Owner BOB = Owner.partner(name("bob"));
  private static final Owner LINDA = Owner.partner(name("linda"));
  private static final HandOver TO_LINDA = new HandOver(name("web"), BOB, LINDA);

  private final SimulatedHost host = new SimulatedHost(Worlds.LAYOUT);
  private final ExecutorService threads = Executors.newSingleThreadExecutor();

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  @Test
  void a_rename_keeps_bytes_addresses_and_identity_and_says_what_it_costs() throws Exception {
    apply(site(instance("bob", "bob")));
    InstanceRecord before = record("bob");
    Set<Long> bytes = host.bytes().keySet();
    Desired renamed = renamed("bob", "robert");

    Plan plan = plan(renamed);
    Change change = change(plan, "update/instance/bob/renamed");

    assertThat(change.reason())
        .isEqualTo("renamed from bob; its disks, its addresses and its identity stay its own");
    assertThat(change.disruption()).isEqualTo(Disruption.RESTART);
    assertThat(change.cause()).isEqualTo(Cause.INTENDED);
    assertThat(change.name()).isEqualTo(name("robert"));
    assertThat(change.fields()).contains(new FieldChange("name", "bob", "robert"));
    assertThat(change(plan, "start/instance/robert").requires())
        .contains("update/instance/bob/renamed");
    assertThat(ids(plan)).noneMatch(id -> id.startsWith("delete/"));
    assertThat(plan.refused()).isEmpty();

    apply(renamed);

    InstanceRecord after = record("robert");
    assertThat(after.identity()).isEqualTo(before.identity());
    assertThat(after.uid()).isEqualTo(before.uid());
    assertThat(after.leases().get(0).address()).isEqualTo(before.leases().get(0).address());
    assertThat(after.leases().get(0).mac()).isEqualTo(before.leases().get(0).mac());
    assertThat(after.leases().get(0).tap().value()).isEqualTo("tap-robert");
    assertThat(host.bytes().keySet()).isEqualTo(bytes);
    assertThat(host.observe().instances()).hasSize(1);
    assertThat(host.observe().instances().get(0).kernel()).isNotNull();
    assertThat(host.observe().trash()).isEmpty();
    assertThat(host.observe().ports())
        .extracting(ObservedPort::tap)
        .extracting(Object::toString)
        .containsExactly("tap-robert");
    assertThat(plan(renamed).changes()).isEmpty();
    assertThat(plan(site(instance("robert", "bob"))).changes())
        .as("without 'formerly', once it is done")
        .isEmpty();
  }

  @Test
  void one_that_does_not_run_costs_nothing() throws Exception {
    Instance stopped = Edited.power(instance("bob", "bob"), Power.STOPPED);
    apply(site(stopped));

    Plan plan = plan(with(site(stopped.named(name("robert"), BOB)), rename("bob", "robert")));

    assertThat(ids(plan))
        .contains("update/instance/bob/renamed")
        .noneMatch(id -> id.startsWith("start/"));
    assertThat(change(plan, "update/instance/bob/renamed").disruption()).isEqualTo(Disruption.NONE);
  }

  @Test
  void a_rename_waits_as_its_document_says_and_nothing_is_removed_meanwhile() throws Exception {
    apply(site(instance("bob", "bob")));
    Desired waiting =
        with(
            site(restart(instance("robert", "bob"), RestartPolicy.NEXT_START)),
            rename("bob", "robert"));

    Plan plan = plan(waiting);

    assertThat(plan.changes()).isEmpty();
    assertThat(plan.refused()).isEmpty();
    assertThat(plan.waiting())
        .singleElement()
        .satisfies(wait -> {
          assertThat(wait.until()).isEqualTo(Waiting.Until.NEXT_START);
          assertThat(wait.summary())
              .isEqualTo(
                  "it is called robert from its next start on, which waits until it is started"
                      + " next ('restart' of its document)");
        });
    host.kill(name("bob"));
    apply(waiting);
    assertThat(record("robert").uid()).isPositive();
  }

  @Test
  void whoever_still_has_a_document_is_not_renamed() throws Exception {
    apply(site(instance("bob", "bob")));
    Desired both =
        with(site(instance("bob", "bob"), instance("robert", "bob")), rename("bob", "robert"));

    apply(both);

    assertThat(record("robert").identity()).isNotEqualTo(record("bob").identity());
  }

  @Test
  void a_rename_to_a_name_that_somebody_has_changes_nothing() throws Exception {
    apply(site(instance("bob", "bob"), instance("robert", "bob")));

    Plan plan = plan(renamed("bob", "robert"));

    assertThat(plan.changes()).isEmpty();
    assertThat(plan.refused())
        .singleElement()
        .satisfies(refusal -> {
          assertThat(refusal.guard()).isEqualTo("held-back");
          assertThat(refusal.summary())
              .isEqualTo(
                  "instance bob of partner bob stays as it is: robert, which says that it was"
                      + " formerly bob, is the name of another instance that is there");
        });
  }

  @Test
  void nobody_renames_what_is_anothers() throws Exception {
    apply(site(on("192.0.2.9", "bob", "bob")));
    InstanceRecord before = record("bob");
    Desired stolen =
        with(site(on("192.0.2.9", "mine", "linda")), new Rename(LINDA, name("bob"), name("mine")));

    apply(stolen);

    assertThat(host.observe().instances())
        .extracting(ObservedInstance::name)
        .doesNotContain(name("mine"));
    assertThat(host.observe().trash())
        .singleElement()
        .satisfies(t -> assertThat(t.record()).isEqualTo(before));
  }

  @Test
  void one_that_is_refused_keeps_the_old_one_as_it_is() throws Exception {
    apply(site(instance("bob", "bob"), on("192.0.2.9", "other", "bob")));
    Desired refused =
        with(
            site(on("192.0.2.9", "robert", "bob"), on("192.0.2.9", "other", "bob")),
            rename("bob", "robert"));

    Plan plan = plan(refused);

    assertThat(plan.changes()).isEmpty();
    assertThat(plan.refused()).extracting(Refusal::guard).contains("addresses");
    assertThat(record("bob").uid()).isPositive();
  }

  @Test
  void one_that_does_not_fit_keeps_the_old_one_as_it_is() throws Exception {
    apply(site(instance("bob", "bob")));

    Plan plan =
        plan(with(site(memory(instance("robert", "bob"), 100 * 1024)), rename("bob", "robert")));

    assertThat(plan.changes()).isEmpty();
    assertThat(plan.refused())
        .extracting(Refusal::guard)
        .containsExactlyInAnyOrder("capacity", "held-back");
    assertThat(plan.refused())
        .extracting(Refusal::summary)
        .contains(
            "instance bob of partner bob stays as it is: instance robert of partner bob, which it"
                + " is to be, is refused");
  }

  @Test
  void a_rival_for_its_address_stops_no_rename() throws Exception {
    apply(site(on("192.0.2.9", "bob", "bob")));
    Desired contested =
        with(
            Worlds.revision(
                site(), Set.of(), on("192.0.2.9", "robert", "bob"), on("192.0.2.9", "x", "linda")),
            rename("bob", "robert"));

    apply(contested);

    assertThat(record("robert").leases().get(0).address()).hasToString("192.0.2.9");
  }

  @Test
  void a_new_one_of_the_old_name_is_somebody_else() throws Exception {
    apply(site(instance("bob", "bob")));
    apply(renamed("bob", "robert"));
    Desired both =
        with(site(instance("bob", "bob"), instance("robert", "bob")), rename("bob", "robert"));

    apply(both);

    assertThat(record("bob").identity()).isNotEqualTo(record("robert").identity());
    assertThat(record("bob").leases().get(0).mac())
        .isNotEqualTo(record("robert").leases().get(0).mac());
    assertThat(plan(both).changes()).isEmpty();
  }

  @Test
  void names_go_round() throws Exception {
    apply(site(instance("a", "bob")));
    InstanceRecord before = record("a");
    apply(with(site(instance("b", "bob")), rename("a", "b")));
    apply(with(site(instance("a", "bob")), rename("b", "a")));

    assertThat(record("a").identity()).isEqualTo(before.identity());
    assertThat(record("a").leases()).isEqualTo(before.leases());
  }

  @Test
  void a_long_name_whose_tap_is_called_by_its_identity() throws Exception {
    apply(site(instance("a-very-long-name-of-bobs", "bob")));
    Desired renamed =
        with(
            site(instance("another-very-long-name", "bob")),
            rename("a-very-long-name-of-bobs", "another-very-long-name"));

    apply(renamed);

    assertThat(record("another-very-long-name").uid()).isPositive();
    assertThat(plan(renamed).changes()).isEmpty();
    assertThat(plan(renamed).refused()).isEmpty();
  }

  @Test
  void killed_at_any_step_the_next_runs_get_there_and_lose_nothing() throws Exception {
    for (int at = 0; at < 40; at++) {
      SimulatedHost each = new SimulatedHost(Worlds.LAYOUT);
      run(each, site(instance("bob", "bob"), instance("web", "linda")), DocumentMoves.UNKNOWN);
      InstanceRecord before = record(each, "bob");
      Set<Long> bytes = each.bytes().keySet();
      Desired renamed =
          with(
              site(memory(instance("robert", "bob"), 256), instance("web", "linda")),
              rename("bob", "robert"));
      int killed = at;
      each.failAt(n -> n >= killed);
      run(each, renamed, DocumentMoves.UNKNOWN);
      each.failAt(n -> false);

      assertThat(run(each, renamed, DocumentMoves.UNKNOWN))
          .allMatch(outcome -> outcome.status() == Outcome.Status.DONE);

      InstanceRecord after = record(each, "robert");
      assertThat(after.identity()).isEqualTo(before.identity());
      assertThat(after.leases().get(0).address()).isEqualTo(before.leases().get(0).address());
      assertThat(each.bytes().keySet()).containsAll(bytes).hasSameSizeAs(bytes);
      assertThat(plan(each, renamed, DocumentMoves.UNKNOWN).changes())
          .as("killed at %s", at)
          .isEmpty();
    }
  }

  @Test
  void what_one_commit_moves_to_another_owner_is_handed_over() throws Exception {
    apply(site(instance("web", "bob")));
    InstanceRecord before = record("web");
    Set<Long> bytes = host.bytes().keySet();
    Desired handed = site(instance("web", "linda"));

    Plan plan = plan(handed, together());

    assertThat(change(plan, "update/instance/web").reason())
        .isEqualTo(
            "handed over from partner bob to partner linda; its document changed; no restart is"
                + " needed");
    run(host, handed, together());
    InstanceRecord after = record("web");
    assertThat(after.owner()).isEqualTo(LINDA);
    assertThat(after.identity()).isEqualTo(before.identity());
    assertThat(after.uid()).isEqualTo(before.uid());
    assertThat(after.leases()).isEqualTo(before.leases());
    assertThat(host.bytes().keySet()).isEqualTo(bytes);
    assertThat(plan(handed).changes()).isEmpty();
    assertThat(plan(handed).refused()).isEmpty();
  }

  @Test
  void what_was_written_apart_is_nobodys_to_take() throws Exception {
    apply(site(instance("web", "bob")));
    InstanceRecord before = record("web");
    Desired waited = site(instance("web", "linda"));
    DocumentMoves apart = new DocumentMoves(Set.of(), Set.of(TO_LINDA));

    run(host, waited, apart);

    assertThat(host.observe().trash())
        .singleElement()
        .satisfies(t -> assertThat(t.record()).isEqualTo(before));
    assertThat(record("web").identity()).isNotEqualTo(before.identity());
    assertThat(record("web").leases()).isNotEqualTo(before.leases());
  }

  @Test
  void of_what_nothing_is_known_nothing_is_done() throws Exception {
    apply(site(instance("web", "bob")));
    InstanceRecord before = record("web");

    Plan plan = plan(site(instance("web", "linda")));

    assertThat(plan.changes()).isEmpty();
    assertThat(plan.refused())
        .extracting(Refusal::guard)
        .containsExactlyInAnyOrder("held-back", "names");
    assertThat(record("web")).isEqualTo(before);
  }

  @Test
  void a_partner_keeps_nobodys_machine_by_a_document_that_was_always_there() throws Exception {
    apply(site(instance("web", "bob")));
    Desired faulty =
        displaced(new Displaced(name("web"), LINDA, Location.file("partners/linda/x.yaml")));

    assertThat(plan(faulty).changes()).isEmpty();
    assertThat(ids(plan(faulty, new DocumentMoves(Set.of(), Set.of(TO_LINDA)))))
        .containsExactly("delete/instance/web");
  }

  @Test
  void what_is_asked_of_history_is_what_seems_to_have_moved() throws Exception {
    apply(site(instance("web", "bob"), instance("dns", "")));

    assertThat(
            DocumentMoves.asked(
                site(instance("web", "linda"), instance("dns", "")), host.observe(), SLART))
        .containsExactly(TO_LINDA);
    assertThat(DocumentMoves.asked(site(instance("dns", "")), host.observe(), SLART)).isEmpty();
  }

  private static DocumentMoves together() {
    return new DocumentMoves(Set.of(TO_LINDA), Set.of());
  }

  private static Desired renamed(String from, String to) {
    return with(site(instance(to, "bob")), rename(from, to));
  }

  private static Rename rename(String from, String to) {
    return new Rename(BOB, name(from), name(to));
  }

  private static Instance on(String address, String name, String partner) {
    return network(
        instance(name, partner), ModelFixtures.nic(name("lan"), Ipv4Address.parse(address)));
  }

  private static Desired with(Desired d, Rename rename) {
    return desired(d, List.of(), List.of(rename));
  }

  private static Desired displaced(Displaced displaced) {
    return desired(site(), List.of(displaced), List.of());
  }

  private static Desired desired(Desired d, List<Displaced> displaced, List<Rename> renames) {
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
        displaced,
        renames);
  }

  private InstanceRecord record(String name) {
    return record(host, name);
  }

  private static InstanceRecord record(SimulatedHost host, String name) {
    return host.observe().instances().stream()
        .filter(one -> one.name().equals(name(name)))
        .map(one -> Objects.requireNonNull(one.record()))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no instance " + name));
  }

  private static Change change(Plan plan, String id) {
    return plan.changes().stream()
        .filter(one -> one.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new AssertionError(ids(plan) + " " + plan.refused()));
  }

  private static List<String> ids(Plan plan) {
    return plan.changes().stream()
        .map(Change::id)
        .filter(id -> !id.equals(FilterChanges.ID))
        .toList();
  }

  private Plan plan(Desired desired) {
    return plan(host, desired, DocumentMoves.UNKNOWN);
  }

  private Plan plan(Desired desired, DocumentMoves moves) {
    return plan(host, desired, moves);
  }

  private static Plan plan(SimulatedHost host, Desired desired, DocumentMoves moves) {
    return Planner.plan(
        desired, List.of(), host.observe(), PlanFixtures.target(SLART, "2", 0, null, moves));
  }

  private void apply(Desired desired) throws InterruptedException {
    run(host, desired, DocumentMoves.UNKNOWN);
  }

  private List<Outcome> run(SimulatedHost on, Desired desired, DocumentMoves moves)
      throws InterruptedException {
    return new Applier(on, threads, () -> false)
        .apply(plan(on, desired, moves), ApplyListener.NONE);
  }
}
