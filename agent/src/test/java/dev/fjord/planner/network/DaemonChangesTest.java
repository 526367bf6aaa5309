package dev.fjord.planner.network;

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
import dev.fjord.model.Desired;
import dev.fjord.model.FilteredPort;
import dev.fjord.model.Filters;
import dev.fjord.model.Host;
import dev.fjord.model.Instance;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.Naming;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedDaemon;
import dev.fjord.model.ObservedDaemon.Kind;
import dev.fjord.model.ObservedHosts;
import dev.fjord.model.ObservedNames;
import dev.fjord.model.ObservedPort;
import dev.fjord.model.RestartPolicy;
import dev.fjord.model.Starts;
import dev.fjord.model.Switch;
import dev.fjord.model.SwitchDriver;
import dev.fjord.model.UidRange;
import dev.fjord.plan.Cause;
import dev.fjord.plan.Change;
import dev.fjord.plan.Disruption;
import dev.fjord.plan.FieldChange;
import dev.fjord.plan.Plan;
import dev.fjord.plan.Refusal;
import dev.fjord.plan.Step;
import dev.fjord.plan.Waiting;
import dev.fjord.planner.Planner;
import dev.fjord.planner.Worlds;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Programs that run for switches, and the names that they serve. */
class DaemonChangesTest {
  private static final String START = "start/daemon/lan/uml_switch";
  private final SimulatedHost host = new SimulatedHost(Worlds.LAYOUT);
  private final ExecutorService threads = Executors.newSingleThreadExecutor();
  private final Desired bridged = site(instance("a", "linda"), instance("b", "bob"));
  private final Desired old = with(bridged, SwitchDriver.UML_SWITCH, false);

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  @Test
  void a_guest_starts_after_its_switchs_daemon_and_has_no_tap() throws Exception {
    Plan plan = plan(old);

    assertThat(change(plan, START).requires()).containsExactly("create/switch/lan");
    assertThat(change(plan, "start/instance/a").requires()).contains(START);
    apply(old);
    assertThat(plan(old).changes()).isEmpty();
    Observed seen = host.observe();
    assertThat(seen.ports())
        .singleElement()
        .satisfies(port -> {
          assertThat(port.daemon()).isEqualTo(name("lan"));
          assertThat(port.tap()).isEqualTo(lan(old).daemonTap());
        });
    List<String> words = seen.instances().get(0).kernel().boot().arguments();
    assertThat(words)
        .anyMatch(
            word -> word.matches("eth0=daemon,[0-9a-f:]{17},unix,/run/fjord/switches/lan/ctl"))
        .anyMatch(word -> word.startsWith("ip=") && word.endsWith(":a:eth0:none"));
  }

  @Test
  void a_daemon_that_died_is_started_and_its_guests_after_it() throws Exception {
    apply(old);
    host.kill(Kind.SWITCH, name("lan"));

    Plan plan = plan(old);

    assertThat(ids(plan)).containsExactly(START, "restart/instance/a", "restart/instance/b");
    assertThat(plan.changes()).allMatch(change -> change.cause() == Cause.CORRECTIVE);
    assertThat(change(plan, "restart/instance/b").requires()).containsExactly(START);
    assertThat(change(plan, "restart/instance/b").reason()).contains("connects at its start alone");
    assertThat(change(plan, "restart/instance/b").fields())
        .containsExactly(new FieldChange("network.0.connection", "lost", "to uml_switch of lan"));
  }

  @Test
  void guests_of_a_daemon_that_was_started_after_them_start_again() throws Exception {
    apply(old);
    host.kill(Kind.SWITCH, name("lan"));
    // A run that was ended after the daemon.
    host.perform(change(plan(old), START).step(), dev.fjord.host.HostPort.Progress.SILENT);

    assertThat(ids(plan(old))).containsExactly("restart/instance/a", "restart/instance/b");
    apply(old);
    assertThat(plan(old).changes()).isEmpty();
  }

  @Test
  void another_driver_is_the_switch_first_then_each_instance_then_the_old_taps() throws Exception {
    apply(bridged);

    Plan there = plan(old);
    assertThat(ids(there))
        .containsExactlyInAnyOrder(
            START,
            "update/filter/fjord",
            "restart/instance/a",
            "restart/instance/b",
            "delete/port/tap-a",
            "delete/port/tap-b");
    assertThat(change(there, "restart/instance/a").requires())
        .containsExactly(START, "update/filter/fjord");
    assertThat(change(there, "delete/port/tap-a").requires()).containsExactly("restart/instance/a");
    apply(old);
    assertThat(plan(old).changes()).isEmpty();

    Plan back = plan(bridged);
    assertThat(ids(back))
        .containsExactlyInAnyOrder(
            "update/filter/fjord",
            "restart/instance/a",
            "restart/instance/b",
            "delete/daemon/lan/uml_switch");
    assertThat(change(back, "delete/daemon/lan/uml_switch").requires())
        .containsExactly("restart/instance/a", "restart/instance/b");
    apply(bridged);
    assertThat(plan(bridged).changes()).isEmpty();
    assertThat(host.observe().daemons()).isEmpty();
  }

  @Test
  void who_is_behind_a_daemon_is_known_again_where_its_port_is_mended() throws Exception {
    apply(old);
    host.forgetStations(lan(old).daemonTap());

    Plan plan = plan(old);

    assertThat(ids(plan)).containsExactly("update/port/a", "update/port/b");
    assertThat(change(plan, "update/port/a").reason())
        .isEqualTo("its switch has forgotten who is behind its port");
    assertThat(change(plan, "update/port/a").fields())
        .singleElement()
        .satisfies(field -> {
          assertThat(field.path()).isEqualTo(lan(old).daemonTap() + ".station");
          assertThat(field.from()).isNull();
        });
    apply(old);
    assertThat(plan(old).changes()).isEmpty();
  }

  /** Frames for a machine come by the port that its kernel was started with. */
  @Test
  void who_waits_for_a_restart_keeps_the_port_that_its_kernel_has() throws Exception {
    Instance waits = restart(instance("a", "linda"), RestartPolicy.NEXT_START);
    Desired before = site(waits);
    Desired after = with(before, SwitchDriver.UML_SWITCH, false);
    apply(before);
    apply(after);
    assertThat(tap("tap-a").stations()).hasSize(1);
    assertThat(plan(after).changes()).isEmpty();
    host.forgetStations(tap("tap-a").tap());
    assertThat(ids(plan(after))).containsExactly("update/port/a");
    apply(after);
    assertThat(tap("tap-a").stations()).hasSize(1);
    assertThat(plan(after).changes()).isEmpty();

    host.kill(waits.name()); // Its next start is behind the daemon.
    apply(after);
    assertThat(plan(after).changes()).isEmpty();
    apply(before);
    assertThat(host.observe().ports())
        .as("none that its kernel does not have")
        .extracting(ObservedPort::tap)
        .containsExactly(lan(after).daemonTap());
    assertThat(plan(before).changes()).isEmpty();

    // Without the daemon it has no network, and loses no more by a restart.
    host.kill(Kind.SWITCH, name("lan"));
    assertThat(ids(plan(before))).contains("restart/instance/a");
    apply(before);
    assertThat(tap("tap-a").stations()).hasSize(1);
    assertThat(plan(before).changes()).isEmpty();
  }

  @Test
  void one_that_ends_again_and_again_waits_and_nobody_starts_on_it() throws Exception {
    apply(old);
    Observed seen = host.observe();
    Instant due = seen.at().plusSeconds(20);
    Plan plan =
        Planner.plan(
            old,
            List.of(),
            with(
                seen,
                List.of(ObservedDaemon.gone(Kind.SWITCH, name("lan"), new Starts(4, due))),
                seen.names()),
            target("r", 0));

    assertThat(plan.changes()).isEmpty();
    assertThat(plan.refused())
        .singleElement()
        .satisfies(refusal -> {
          assertThat(refusal.guard()).isEqualTo("daemon-backoff");
          assertThat(refusal.summary())
              .contains("uml_switch of switch lan ended 4 times")
              .contains("" + due);
        });
  }

  @Test
  void the_last_user_id_is_the_daemons() throws Exception {
    Desired three = uids(site(instance("a", "linda"), instance("b", "bob")), 2);
    apply(three);

    Plan plan = plan(with(three, SwitchDriver.UML_SWITCH, false));

    assertThat(ids(plan)).containsExactly("update/filter/fjord");
    Filters filters = ((Step.SetFilters) plan.changes().get(0).step()).filters();
    assertThat(filters.ports())
        .as("who runs on stays connected")
        .noneMatch(FilteredPort::behindDaemon);
    assertThat(plan.refused())
        .extracting(Refusal::summary)
        .anySatisfy(
            text -> assertThat(text).contains("user id 200001").contains("instance b has it"));
  }

  @Test
  void names_are_told_before_they_are_served_and_again_when_they_change() throws Exception {
    Desired served = with(bridged, SwitchDriver.BRIDGE, true);

    Plan plan = plan(served);
    assertThat(change(plan, "start/daemon/lan/dnsmasq").requires())
        .containsExactly("create/switch/lan", "update/names/served");
    Step.WriteNames step = (Step.WriteNames) change(plan, "update/names/served").step();
    assertThat(step.names()).isEqualTo("192.0.2.3 a.lan.internal a\n192.0.2.4 b.lan.internal b\n");
    apply(served);
    assertThat(plan(served).changes()).isEmpty();

    Desired more =
        with(
            site(instance("a", "linda"), instance("b", "bob"), instance("c", "")),
            SwitchDriver.BRIDGE,
            true);
    assertThat(ids(plan(more)))
        .contains("update/names/served")
        .noneMatch(id -> id.contains("dnsmasq"));
    host.kill(Kind.NAMES, name("lan"));
    assertThat(ids(plan(served))).containsExactly("start/daemon/lan/dnsmasq");
    assertThat(ids(plan(bridged)))
        .containsExactly("update/filter/fjord", "restart/instance/a", "restart/instance/b");
  }

  @Test
  void a_hosts_file_that_is_changed_back_is_left_alone_after_a_while() throws Exception {
    apply(bridged);
    List<String> lines = List.of("192.0.2.3 a.lan.internal a", "192.0.2.4 b.lan.internal b");
    Instant now = host.observe().at();
    List<Instant> twice = List.of(now.minus(Duration.ofMinutes(11)), now, now);
    List<Instant> often = List.of(now, now, now);

    assertThat(hosts(lines, null, List.of(), Set.of()).changes()).isEmpty();
    assertThat(hosts(null, null, List.of(), Set.of()).changes().get(0).cause())
        .isEqualTo(Cause.INTENDED);
    assertThat(hosts(null, lines, twice, Set.of()).changes().get(0).cause())
        .isEqualTo(Cause.CORRECTIVE);
    Plan fight = hosts(List.of("192.0.2.9 a"), lines, often, Set.of());
    assertThat(fight.changes()).isEmpty();
    assertThat(fight.refused().get(0).summary())
        .contains("/etc/hosts was changed back 3 times within 10 minutes")
        .contains("It has '192.0.2.9 a' instead and 2 more differences")
        .endsWith("A rival");
    Plan taken = hosts(null, null, List.of(), Set.of("a", "b", "b.lan.internal"));
    assertThat(((Step.WriteHosts) taken.changes().get(0).step()).lines())
        .containsExactly("192.0.2.3 a.lan.internal");
    assertThat(taken.problems()).extracting(p -> p.code()).containsOnly("name-taken").hasSize(3);
  }

  @Test
  void a_switch_that_begins_to_serve_names_restarts_nobody() throws Exception {
    apply(bridged);
    Desired serving = with(bridged, SwitchDriver.BRIDGE, true);

    Plan plan = plan(serving);

    assertThat(plan.changes()).noneMatch(change -> change.disruption() != Disruption.NONE);
    assertThat(plan.waiting())
        .hasSize(2)
        .allMatch(waiting -> waiting.until() == Waiting.Until.NEXT_START)
        .allSatisfy(waiting ->
            assertThat(waiting.fields())
                .containsExactly(
                    new FieldChange("domain", null, "lan.internal"),
                    new FieldChange("nameservers", null, "192.0.2.1")));
    apply(serving);
    host.kill(name("a"));
    assertThat(ids(plan(serving))).containsExactly("start/instance/a");
    apply(serving);
    assertThat(plan(serving).waiting())
        .extracting(waiting -> waiting.instance().value())
        .containsExactly("b");

    // A server that is gone is another matter: who asks it hears nothing any more.
    assertThat(ids(plan(bridged)))
        .contains("restart/instance/a")
        .doesNotContain("restart/instance/b");
  }

  @Test
  void what_a_domain_has_elsewhere_is_asked_there() {
    Desired serving = with(bridged, SwitchDriver.BRIDGE, true);
    Switch lan = lan(serving);
    assertThat(DaemonLine.ofNames(lan, Worlds.LAYOUT, List.of(lan)).arguments())
        .contains("--local=/invalid/", "--local=/lan.internal/");
    assertThat(
            DaemonLine.ofNames(lan, Worlds.LAYOUT, List.of(named(lan, "example.org"))).arguments())
        .contains("--local=/invalid/")
        .noneMatch(word -> word.contains("example.org"));
  }

  private static Switch named(Switch s, String domain) {
    return ModelFixtures.switchOf(
        s.name(),
        s.driver(),
        s.bridge(),
        s.subnet(),
        s.gateway(),
        s.ipv6(),
        s.reserved(),
        s.pool(),
        s.traffic(),
        new Naming(true, domain, List.of()));
  }

  private Plan hosts(
      List<String> block, List<String> written, List<Instant> repairs, Set<String> taken) {
    Observed seen = host.observe();
    ObservedHosts hosts =
        new ObservedHosts(Path.of("/etc/hosts"), block, taken, written, repairs, "A rival", null);
    return Planner.plan(
        bridged,
        List.of(),
        with(seen, seen.daemons(), new ObservedNames(null, List.of(), hosts)),
        target("r", 0));
  }

  private static Observed with(Observed o, List<ObservedDaemon> daemons, ObservedNames names) {
    return ModelFixtures.observed(
        o.layout(),
        o.at(),
        o.kernels(),
        o.images(),
        o.bridges(),
        o.ports(),
        o.instances(),
        o.trash(),
        o.trashedRoots(),
        o.trashUse(),
        o.filters(),
        daemons,
        names,
        o.ailments(),
        o.problems());
  }

  private static Switch lan(Desired desired) {
    return desired.switches().get(name("lan"));
  }

  private static Desired with(Desired d, SwitchDriver driver, boolean served) {
    Map<dev.fjord.model.ResourceName, Switch> switches = new TreeMap<>(d.switches());
    Switch s = lan(d);
    Naming naming = new Naming(served, s.naming().domain(), List.of());
    switches.put(
        s.name(),
        ModelFixtures.switchOf(
            s.name(),
            driver,
            s.bridge(),
            s.subnet(),
            s.gateway(),
            s.ipv6(),
            s.reserved(),
            s.pool(),
            s.traffic(),
            naming));
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

  private static Desired uids(Desired d, int count) {
    Host h = d.hosts().get(Worlds.SLART);
    Host few =
        ModelFixtures.host(
            h.name(),
            h.memory(),
            h.disk(),
            h.reservedMemory(),
            h.reservedDisk(),
            1.0,
            1.0,
            new UidRange(h.uids().first(), count));
    return ModelFixtures.desired(
        d.site(),
        Map.of(few.name(), few),
        d.kernels(),
        d.images(),
        d.switches(),
        d.partners(),
        d.instances(),
        d.held(),
        d.contests());
  }

  private ObservedPort tap(String name) {
    return host.observe().ports().stream()
        .filter(port -> port.tap().value().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static Change change(Plan plan, String id) {
    return plan.changes().stream()
        .filter(one -> one.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + id + " in " + ids(plan)));
  }

  private static List<String> ids(Plan plan) {
    return new ArrayList<>(plan.changes().stream().map(Change::id).toList());
  }

  private Plan plan(Desired desired) {
    return Planner.plan(desired, List.of(), host.observe(), target("r", 0));
  }

  private void apply(Desired desired) throws InterruptedException {
    assertThat(new Applier(host, threads, () -> false).apply(plan(desired), ApplyListener.NONE))
        .allMatch(outcome -> outcome.status() == Outcome.Status.DONE);
  }
}
