package dev.fjord.planner.network;

import static dev.fjord.planner.Edited.network;
import static dev.fjord.planner.Edited.restart;
import static dev.fjord.planner.Worlds.instance;
import static dev.fjord.planner.Worlds.name;
import static dev.fjord.planner.Worlds.site;
import static dev.fjord.planner.Worlds.target;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.apply.Applier;
import dev.fjord.apply.ApplyListener;
import dev.fjord.apply.Outcome;
import dev.fjord.host.simulated.SimulatedHost;
import dev.fjord.model.Cidr;
import dev.fjord.model.Desired;
import dev.fjord.model.FilteredPort;
import dev.fjord.model.Filters;
import dev.fjord.model.Instance;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.Isolation;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.Owner;
import dev.fjord.model.PortForward;
import dev.fjord.model.Protocol;
import dev.fjord.model.Rate;
import dev.fjord.model.ResourceName;
import dev.fjord.model.RestartPolicy;
import dev.fjord.model.Switch;
import dev.fjord.model.Traffic;
import dev.fjord.model.Uplink;
import dev.fjord.plan.Action;
import dev.fjord.plan.Cause;
import dev.fjord.plan.Change;
import dev.fjord.plan.FieldChange;
import dev.fjord.plan.Kind;
import dev.fjord.plan.Plan;
import dev.fjord.plan.Refusal;
import dev.fjord.plan.Step;
import dev.fjord.planner.Planner;
import dev.fjord.planner.Worlds;
import dev.fjord.problem.Problem;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When filters are set, to what, and who waits for them. */
class FilterChangesTest {
  private final SimulatedHost host = new SimulatedHost(Worlds.LAYOUT);
  private final ExecutorService threads = Executors.newSingleThreadExecutor();

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  @Test
  void who_starts_waits_for_its_filter() {
    var plan = plan(site(instance("a", "linda")));

    var change = change(plan, FilterChanges.ID);
    assertThat(change.cause()).isEqualTo(Cause.INTENDED);
    assertThat(change.reason()).isEqualTo("nothing is filtered yet");
    assertThat(change.fields()).containsExactly(new FieldChange("ports", null, "1"));
    assertThat(change.requires()).isEmpty();
    assertThat(change(plan, "start/instance/a").requires()).contains(FilterChanges.ID);
    assertThat(set(plan).ports())
        .extracting(port -> port.instance() + " " + port.lease().address())
        .containsExactly("a 192.0.2.3");
  }

  @Test
  void a_host_without_switches_has_no_tables() throws Exception {
    var desired = withSwitches(site(), Map.of());
    assertThat(plan(desired).changes()).noneMatch(change -> change.kind() == Kind.FILTER);

    apply(site(instance("a", "linda")));
    apply(withSwitches(site(), Map.of()));
    assertThat(host.observe().filters().inForce().ports()).isEmpty();
    assertThat(plan(desired).changes()).isEmpty();
  }

  @Test
  void tables_that_somebody_changed_are_set_again_and_nobody_restarts() throws Exception {
    var desired = site(instance("a", "linda"), instance("b", "bob"));
    apply(desired);
    host.flushFilters();

    var plan = plan(desired);

    assertThat(plan.changes()).hasSize(1);
    assertThat(change(plan, FilterChanges.ID).cause()).isEqualTo(Cause.CORRECTIVE);
    assertThat(change(plan, FilterChanges.ID).reason())
        .isEqualTo("the tables are not there, or not as they were made");
    assertThat(plan(desired)).isEqualTo(plan);
  }

  @Test
  void an_address_is_taken_before_it_is_given() throws Exception {
    apply(site(at(instance("a", "linda"), "192.0.2.5"), at(instance("b", "linda"), "192.0.2.6")));

    var plan =
        plan(
            site(at(instance("a", "linda"), "192.0.2.7"), at(instance("b", "linda"), "192.0.2.5")));

    assertThat(change(plan, FilterChanges.ID).fields())
        .extracting(FieldChange::path)
        .containsExactly("tap-a", "tap-b");
    assertThat(change(plan, FilterChanges.ID).fields().get(0).to())
        .startsWith("192.0.2.7 from 02:")
        .endsWith(", of partner linda");
    assertThat(change(plan, "restart/instance/a").requires()).contains(FilterChanges.ID);
    assertThat(change(plan, "restart/instance/b").requires())
        .contains(FilterChanges.ID, "restart/instance/a");
  }

  @Test
  void whoever_waits_for_a_restart_keeps_what_its_kernel_has() throws Exception {
    apply(site(at(instance("a", "linda"), "192.0.2.5")));

    var waits = at(restart(instance("a", "linda"), RestartPolicy.NEXT_START), "192.0.2.7");
    var plan = plan(site(waits));

    assertThat(plan.waiting()).hasSize(1);
    assertThat(plan.changes()).isEmpty();
    apply(site(waits));
    assertThat(inForce())
        .extracting(port -> port.lease().address().toString())
        .containsExactly("192.0.2.5");
  }

  @Test
  void a_held_owner_keeps_what_it_has() throws Exception {
    apply(site(instance("a", "linda"), instance("b", "bob")));
    var all = site(instance("b", "bob"));
    var held =
        ModelFixtures.desired(
            all.site(),
            all.hosts(),
            all.kernels(),
            all.images(),
            all.switches(),
            all.partners(),
            all.instances(),
            Set.of(Owner.partner(name("linda"))),
            all.contests());
    assertThat(plan(held).changes()).isEmpty();
  }

  @Test
  void who_leaves_sends_no_more() throws Exception {
    apply(site(instance("a", "linda"), instance("b", "bob")));
    var plan = plan(site(instance("b", "bob")));
    assertThat(set(plan).ports()).extracting(port -> port.instance().value()).containsExactly("b");
    assertThat(change(plan, FilterChanges.ID).fields())
        .singleElement()
        .satisfies(field -> {
          assertThat(field.path()).isEqualTo("tap-a");
          assertThat(field.to()).isNull();
        });
  }

  @Test
  void a_switch_that_is_declared_no_more_holds_its_guests_as_it_did() throws Exception {
    var both = site(instance("a", "linda"));
    apply(both);
    Map<ResourceName, Switch> dmz = new HashMap<>(both.switches());
    dmz.remove(name("lan"));
    var plan =
        plan(
            ModelFixtures.desired(
                both.site(),
                both.hosts(),
                both.kernels(),
                both.images(),
                dmz,
                both.partners(),
                List.of(),
                Set.of(Owner.partner(name("linda"))),
                List.of()));
    assertThat(plan.changes()).noneMatch(change -> change.kind() == Kind.FILTER);
  }

  @Test
  void rates_and_forwards_come_with_the_port_and_restart_nobody() throws Exception {
    apply(site(instance("a", "linda")));
    var forward = new PortForward(Protocol.TCP, 2201, 22);
    var nic = ModelFixtures.nic(name("lan"), null, null, Rate.parse("20Mbit"), List.of(forward));
    var plan = plan(site(network(instance("a", "linda"), nic)));

    assertThat(plan.changes()).noneMatch(change -> change.action() == Action.RESTART);
    assertThat(set(plan).ports())
        .singleElement()
        .satisfies(port -> {
          assertThat(port.rate()).isEqualTo(Rate.parse("20Mbit"));
          assertThat(port.forwards()).containsExactly(forward);
        });
  }

  @Test
  void many_changes_are_told_in_brief() throws Exception {
    apply(site());
    var all = new Instance[13];
    for (int i = 0; i < all.length; i++) {
      all[i] = instance("i" + i, "linda");
    }
    assertThat(
            change(
                    plan(site(List.of(all).subList(0, 12).toArray(Instance[]::new))),
                    FilterChanges.ID)
                .fields())
        .containsExactly(
            new FieldChange("ports", "0", "12"), new FieldChange("ports that differ", null, "12"));
  }

  @Test
  void without_filters_nobody_starts_and_who_runs_stays() throws Exception {
    var desired = site(instance("a", "linda"));
    apply(desired);
    host.hideFilters(
        Problem.of("filters-unavailable", "what is filtered cannot be told: 'nft' is missing")
            .hint("Install nftables."));

    var plan = plan(site(instance("a", "linda"), instance("b", "bob")));

    assertThat(plan.changes()).extracting(Change::id).containsExactly("create/instance/b");
    assertThat(plan.refused())
        .singleElement()
        .satisfies(refusal -> {
          assertThat(refusal.guard()).isEqualTo("filters");
          assertThat(refusal.summary())
              .isEqualTo(
                  "no instance is started or connected on a switch that is filtered:"
                      + " what is filtered cannot be told: 'nft' is missing");
          assertThat(refusal.hint())
              .isEqualTo(
                  "Install nftables. Who runs stays. A Switch with 'filtered: false' needs no"
                      + " filter.");
        });

    assertThat(plan(withSwitches(desired, unfiltered(desired))).refused()).isEmpty();
  }

  @Test
  void a_switch_that_is_refused_has_no_rule() {
    var up0 = new InterfaceName("up0");
    host.addForeignBridge(up0);
    var desired = withSwitches(site(instance("a", "linda")), onBridge(up0));

    var plan = plan(desired);

    assertThat(plan.refused())
        .extracting(Refusal::summary)
        .containsExactly(
            "switch lan needs bridge up0, and an interface of that name was made by somebody else;"
                + " it is left alone, nothing is filtered or translated by it, and no instance of"
                + " the switch is started");
    assertThat(set(plan).switches()).extracting(Switch::name).doesNotContain(name("lan"));
    assertThat(plan.changes())
        .extracting(change -> change.step().toString())
        .noneMatch(step -> step.contains("up0"));
  }

  @Test
  void nor_has_one_that_is_called_as_a_machines_port_is() throws Exception {
    apply(site(instance("a", "linda")));
    var moved = onBridge(new InterfaceName("tap-a"));

    var plan = plan(withSwitches(site(instance("a", "linda")), moved));

    assertThat(plan.refused())
        .extracting(Refusal::summary)
        .singleElement()
        .asString()
        .contains("and a port of that name is that of instance a");
    assertThat(plan.changes()).isEmpty();
  }

  /** Also when what is in force has such a rule, of before the interface was there. */
  @Test
  void who_runs_on_a_switch_that_is_refused_stays_as_it_was() throws Exception {
    apply(site(instance("a", "linda")));
    var before = host.observe().filters().inForce();
    var up0 = new InterfaceName("up0");
    host.addForeignBridge(up0);
    var desired = withSwitches(site(instance("a", "linda")), onBridge(up0));
    assertThat(plan(desired).changes()).isEmpty();
    assertThat(before.switches()).extracting(Switch::name).contains(name("lan"));

    var wrong =
        new Filters(before.uids(), List.copyOf(desired.switches().values()), before.ports());
    host.perform(new Step.SetFilters(wrong), dev.fjord.host.HostPort.Progress.SILENT);
    assertThat(set(plan(desired)).switches()).extracting(Switch::bridge).doesNotContain(up0);
  }

  /** Its filters would drop whoever of that network speaks to the host. */
  @Test
  void a_network_that_the_host_is_in_already_is_no_switchs() {
    host.addForeignBridge(new InterfaceName("up0"), Cidr.parse("192.0.2.9/24"));
    var plan = plan(site(instance("a", "linda")));
    assertThat(plan.refused())
        .extracting(Refusal::summary)
        .containsExactly(
            "switch lan is a network that this host is in already, with 192.0.2.9/24 on interface"
                + " up0; nothing is done, or whoever is there would be cut off, and no instance of"
                + " the switch is started");
    assertThat(set(plan).switches()).extracting(Switch::name).containsExactly(name("dmz"));
  }

  @Test
  void a_part_of_a_network_that_is_routed_here_is_in_nobodys_way() {
    host.addForeignBridge(
        new InterfaceName("up0"), Cidr.parse("192.0.2.130/24"), Cidr.parse("192.0.2.1/32"));
    assertThat(plan(site(instance("a", "linda"))).refused()).isEmpty();
  }

  private static Map<ResourceName, Switch> onBridge(InterfaceName bridge) {
    var switches = new HashMap<>(site().switches());
    switches.computeIfPresent(
        name("lan"),
        (name, s) -> ModelFixtures.switchOf(name, bridge, s.subnet(), s.gateway(), s.reserved()));
    return switches;
  }

  @Test
  void a_filter_that_cannot_be_set_starts_nobody() throws Exception {
    var desired = site(instance("a", "linda"));
    var plan = plan(desired);
    var position = plan.changes().stream().map(Change::id).toList().indexOf(FilterChanges.ID);
    assertThat(position).isNotNegative();
    var outcomes =
        new Applier(new Refusing(host), threads, () -> false).apply(plan, ApplyListener.NONE);
    assertThat(outcomes)
        .filteredOn(outcome -> outcome.change().equals("start/instance/a"))
        .extracting(Outcome::status)
        .containsExactly(Outcome.Status.SKIPPED);
    assertThat(host.observe().instances()).allMatch(seen -> seen.kernel() == null);
    apply(desired);
    assertThat(host.observe().instances()).allMatch(seen -> seen.kernel() != null);
  }

  /** A host whose nft(8) does not do it. */
  private record Refusing(SimulatedHost host) implements dev.fjord.host.HostPort {
    @Override
    public dev.fjord.model.Observed observe() {
      return host.observe();
    }

    @Override
    public void perform(Step step, Progress progress) {
      if (step instanceof Step.SetFilters) {
        throw Problem.of("filters-failed", "no").asException();
      }
      host.perform(step, progress);
    }

    @Override
    public void noteUnused(Set<Step.Version> unused) {}

    @Override
    public Set<ResourceName> silent(dev.fjord.model.Observed observed) {
      return Set.of();
    }
  }

  private static Map<ResourceName, Switch> unfiltered(Desired desired) {
    Map<ResourceName, Switch> open = new HashMap<>();
    desired
        .switches()
        .forEach((name, s) ->
            open.put(
                name,
                ModelFixtures.switchOf(
                    name,
                    s.driver(),
                    s.bridge(),
                    s.subnet(),
                    s.gateway(),
                    s.ipv6(),
                    s.reserved(),
                    s.pool(),
                    new Traffic(Uplink.NONE, Isolation.NONE, false, false, null),
                    s.naming())));
    return open;
  }

  private static Desired withSwitches(Desired d, Map<ResourceName, Switch> switches) {
    return ModelFixtures.desired(
        d.site(),
        d.hosts(),
        d.kernels(),
        d.images(),
        switches,
        d.partners(),
        d.instances(),
        d.held(),
        d.contests());
  }

  private static Instance at(Instance i, String address) {
    return network(i, ModelFixtures.nic(name("lan"), Ipv4Address.parse(address)));
  }

  private List<FilteredPort> inForce() {
    return host.observe().filters().inForce().ports();
  }

  private static Filters set(Plan plan) {
    return ((Step.SetFilters) change(plan, FilterChanges.ID).step()).filters();
  }

  private static Change change(Plan plan, String id) {
    return plan.changes().stream().filter(c -> c.id().equals(id)).findFirst().orElseThrow();
  }

  private Plan plan(Desired desired) {
    return Planner.plan(desired, List.of(), host.observe(), target("1", 9));
  }

  private void apply(Desired desired) throws InterruptedException {
    new Applier(host, threads, () -> false).apply(plan(desired), ApplyListener.NONE);
  }
}
