package dev.fjord.planner;

import static dev.fjord.planner.Edited.cpu;
import static dev.fjord.planner.Edited.network;
import static dev.fjord.planner.Worlds.SLART;
import static dev.fjord.planner.Worlds.instance;
import static dev.fjord.planner.Worlds.name;
import static dev.fjord.planner.Worlds.site;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.apply.Applier;
import dev.fjord.apply.ApplyListener;
import dev.fjord.host.simulated.SimulatedHost;
import dev.fjord.model.CpuShare;
import dev.fjord.model.Desired;
import dev.fjord.model.Instance;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.Nic;
import dev.fjord.model.PortForward;
import dev.fjord.model.Protocol;
import dev.fjord.model.Rate;
import dev.fjord.model.Switch;
import dev.fjord.model.SwitchDriver;
import dev.fjord.plan.Cause;
import dev.fjord.plan.Change;
import dev.fjord.plan.DocumentMoves;
import dev.fjord.plan.Plan;
import dev.fjord.plan.PlanFixtures;
import dev.fjord.plan.PriorRevision;
import dev.fjord.planner.network.FilterChanges;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What differs because a document changed is intended; what differs though none did is drift. */
class CausesTest {
  private static final InterfaceName TAP = new InterfaceName("tap-a");
  private static final Desired SITE = site(instance("a", "linda"));

  private final SimulatedHost host = new SimulatedHost(Worlds.LAYOUT);
  private final ExecutorService threads = Executors.newSingleThreadExecutor();

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  @Test
  void a_rate_that_a_document_changes_is_intended() throws Exception {
    apply(SITE);

    for (int i = 1; i <= 3; i++) {
      Plan plan = plan(rate(i), null);
      assertThat(change(plan, "update/port/a").cause()).isEqualTo(Cause.INTENDED);
      assertThat(change(plan, "update/port/a").reason()).isEqualTo("what may pass is another rate");
      apply(rate(i));
    }
  }

  @Test
  void a_port_that_somebody_took_away_is_drift_whatever_its_rate() throws Exception {
    apply(rate(1));
    host.loseLink(TAP);

    assertThat(change(plan(rate(1), null), "update/port/a").cause()).isEqualTo(Cause.CORRECTIVE);
  }

  @Test
  void a_gateway_that_a_document_changes_is_intended_for_the_switch_and_its_guests()
      throws Exception {
    apply(SITE);

    for (Desired before : new Desired[] {SITE, null}) { // By Git, and by the filters alone.
      Plan plan = plan(lan(CausesTest::anotherGateway), before);

      assertThat(plan.changes()).allMatch(change -> change.cause() == Cause.INTENDED);
      assertThat(change(plan, "update/switch/lan").reason()).isEqualTo("its document changed");
      assertThat(change(plan, "restart/instance/a").reason())
          .isEqualTo("a document that it depends on changed: network.0.gateway");
    }
  }

  @Test
  void a_switch_that_somebody_changed_is_drift() throws Exception {
    apply(SITE);
    Desired gateway = lan(CausesTest::anotherGateway);
    // As if a hand had put back what the document has changed.
    host.perform(
        change(plan(gateway, SITE), "update/switch/lan").step(),
        dev.fjord.host.HostPort.Progress.SILENT);

    Plan plan = plan(SITE, null);

    assertThat(plan.changes()).extracting(Change::id).containsExactly("update/switch/lan");
    assertThat(change(plan, "update/switch/lan").cause()).isEqualTo(Cause.CORRECTIVE);
    assertThat(change(plan, "update/switch/lan").reason()).isEqualTo("it is not as declared");
  }

  @Test
  void a_bridge_of_another_name_is_intended_for_the_ports_on_it() throws Exception {
    apply(SITE);

    Plan plan = plan(lan(s -> with(s, new InterfaceName("fj-other"), s.gateway())), SITE);

    assertThat(change(plan, "update/port/a").cause()).isEqualTo(Cause.INTENDED);
    assertThat(change(plan, "update/port/a").reason())
        .isEqualTo("the document of its switch changed");
  }

  @Test
  void a_bridge_of_another_name_is_intended_for_a_daemon_on_it() throws Exception {
    Desired old = driven(SITE);
    apply(old);

    Desired moved = lan(old, s -> with(s, new InterfaceName("fj-other"), s.gateway()));

    assertThat(change(plan(moved, old), "update/daemon/lan/uml_switch").cause())
        .isEqualTo(Cause.INTENDED);
    host.perform(
        change(plan(moved, old), "create/switch/lan").step(),
        dev.fjord.host.HostPort.Progress.SILENT);
    host.perform(
        change(plan(moved, old), "update/daemon/lan/uml_switch").step(),
        dev.fjord.host.HostPort.Progress.SILENT);
    assertThat(change(plan(old, null), "update/daemon/lan/uml_switch").cause())
        .isEqualTo(Cause.CORRECTIVE);
  }

  @Test
  void a_gateway_that_a_document_changes_is_intended_for_its_guests() throws Exception {
    apply(SITE);

    Plan plan = plan(lan(CausesTest::anotherGateway), SITE);

    assertThat(change(plan, "restart/instance/a").cause()).isEqualTo(Cause.INTENDED);
  }

  @Test
  void a_share_of_the_processors_and_a_forward_are_intended() throws Exception {
    apply(SITE);
    PortForward forward = new PortForward(Protocol.TCP, 2201, 22);
    Nic nic = ModelFixtures.nic(name("lan"), null, null, null, List.of(forward));
    Instance other = cpu(network(instance("a", "linda"), nic), new CpuShare(50, 100));

    Plan plan = plan(site(other), null);

    assertThat(plan.changes())
        .extracting(Change::id)
        .contains("update/instance/a", FilterChanges.ID);
    assertThat(plan.changes()).allMatch(change -> change.cause() == Cause.INTENDED);
  }

  private static Desired rate(int mbit) {
    Nic nic = ModelFixtures.nic(name("lan"), null, null, Rate.parse(mbit + "Mbit"), List.of());
    return site(network(instance("a", "linda"), nic));
  }

  private static Desired lan(UnaryOperator<Switch> change) {
    return lan(SITE, change);
  }

  private static Desired lan(Desired d, UnaryOperator<Switch> change) {
    Map<dev.fjord.model.ResourceName, Switch> switches = new TreeMap<>(d.switches());
    switches.computeIfPresent(name("lan"), (name, s) -> change.apply(s));
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

  private static Switch anotherGateway(Switch s) {
    return with(s, s.bridge(), Ipv4Address.parse("192.0.2.14"));
  }

  private static Switch with(Switch s, InterfaceName bridge, Ipv4Address gateway) {
    return ModelFixtures.switchOf(
        s.name(),
        s.driver(),
        bridge,
        s.subnet(),
        gateway,
        s.ipv6(),
        s.reserved(),
        s.pool(),
        s.traffic(),
        s.naming());
  }

  private static Desired driven(Desired d) {
    return lan(
        d,
        s ->
            ModelFixtures.switchOf(
                s.name(),
                SwitchDriver.UML_SWITCH,
                s.bridge(),
                s.subnet(),
                s.gateway(),
                s.ipv6(),
                s.reserved(),
                s.pool(),
                s.traffic(),
                s.naming()));
  }

  private static Change change(Plan plan, String id) {
    return plan.changes().stream().filter(one -> one.id().equals(id)).findFirst().orElseThrow();
  }

  private Plan plan(Desired desired, @Nullable Desired before) {
    return Planner.plan(
        desired,
        List.of(),
        host.observe(),
        PlanFixtures.target(
            SLART,
            "2",
            0,
            before == null ? null : PriorRevision.of(before),
            DocumentMoves.UNKNOWN));
  }

  private void apply(Desired desired) throws InterruptedException {
    new Applier(host, threads, () -> false).apply(plan(desired, null), ApplyListener.NONE);
  }
}
