package dev.fjord.planner.network;

import static dev.fjord.planner.Edited.network;
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
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Isolation;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.Observed;
import dev.fjord.model.Obstacle;
import dev.fjord.model.Obstacle.Ruler;
import dev.fjord.model.Obstacle.Way;
import dev.fjord.model.PortForward;
import dev.fjord.model.Protocol;
import dev.fjord.model.Surroundings;
import dev.fjord.model.Switch;
import dev.fjord.model.TakenPort;
import dev.fjord.model.TakenUids;
import dev.fjord.model.Traffic;
import dev.fjord.model.Uplink;
import dev.fjord.plan.Change;
import dev.fjord.plan.Plan;
import dev.fjord.plan.Refusal;
import dev.fjord.planner.Planner;
import dev.fjord.planner.Worlds;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Docker, ufw, programs and accounts of a host against what a repository asks of it. */
class HostConflictsTest {
  private static final InterfaceName BRIDGE = new InterfaceName("fj-lan");
  private static final PortForward FORWARD = new PortForward(Protocol.TCP, 2201, 22);
  private static final TakenPort TAKEN = new TakenPort(Protocol.TCP, 2201);

  private final SimulatedHost host = new SimulatedHost(Worlds.LAYOUT);
  private final ExecutorService threads = Executors.newSingleThreadExecutor();
  private final Desired closed = site(instance("a", "linda"));
  private final Desired open = open(closed);
  private final Desired forwarding =
      open(
          site(
              network(
                  instance("a", "linda"),
                  ModelFixtures.nic(name("lan"), null, null, null, List.of(FORWARD)))));

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  @Test
  void what_a_switch_asks_for_and_the_hosts_firewall_takes_is_refused() {
    Surroundings docker = around(BRIDGE, Way.OUT, true, Ruler.DOCKER);
    assertThat(refused(plan(open, docker)))
        .singleElement()
        .satisfies(refusal -> {
          assertThat(refusal.guard()).isEqualTo("host-firewall");
          assertThat(refusal.summary())
              .isEqualTo(
                  "switch lan: what guests send to other networks is taken by table ip filter,"
                      + " chain FORWARD (policy drop) of this host");
          assertThat(refusal.hint())
              .isEqualTo(
                  "Let it through: iptables -I DOCKER-USER -i fj-lan -j ACCEPT; iptables -I"
                      + " DOCKER-USER -o fj-lan -j ACCEPT. docs/with-other-firewalls.md has more.");
        });
    assertThat(refused(plan(closed, docker))).as("nothing is to leave it").isEmpty();
    assertThat(refused(plan(open, around(BRIDGE, Way.IN, true, Ruler.UFW))))
        .as("no port leads to it")
        .isEmpty();
    assertThat(refused(plan(forwarding, around(BRIDGE, Way.IN, true, Ruler.UFW))))
        .singleElement()
        .satisfies(refusal -> assertThat(refusal.hint()).contains("ufw route allow in on fj-lan"));
    assertThat(refused(plan(open, around(BRIDGE, Way.NAMES, true, Ruler.UFW)))).isEmpty();
    assertThat(refused(plan(closed, around(BRIDGE, Way.BETWEEN, true, Ruler.OTHER))))
        .singleElement()
        .satisfies(refusal ->
            assertThat(refusal.hint())
                .contains("nft insert rule ip filter FORWARD iifname fj-lan accept"));
  }

  @Test
  void what_may_pass_is_told_and_refuses_nothing() {
    Plan plan = plan(open, around(BRIDGE, Way.OUT, false, Ruler.DOCKER));
    assertThat(refused(plan)).isEmpty();
    assertThat(plan.problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem.summary()).contains("may be taken by table ip"));
  }

  @Test
  void a_switch_that_is_not_there_yet_goes_by_what_holds_for_any_other() {
    Obstacle any = obstacle(null, Way.OUT, true, Ruler.OTHER);
    assertThat(
            refused(
                plan(open, new Surroundings(Set.of(), List.of(any), false, List.of(), List.of()))))
        .hasSize(1);
    assertThat(
            refused(
                plan(
                    open,
                    new Surroundings(Set.of(BRIDGE), List.of(any), false, List.of(), List.of()))))
        .as("its own bridge is let through")
        .isEmpty();
  }

  @Test
  void a_port_that_a_program_of_the_host_has_is_not_given_away() throws Exception {
    Surroundings taken = new Surroundings(Set.of(), List.of(), false, List.of(TAKEN), List.of());
    Plan plan = plan(forwarding, taken);
    assertThat(refused(plan))
        .singleElement()
        .satisfies(refusal -> {
          assertThat(refusal.guard()).isEqualTo("port-taken");
          assertThat(refusal.owner().toString()).isEqualTo("partner linda");
          assertThat(refusal.summary())
              .isEqualTo(
                  "instance a: a program of this host has port 2201/tcp, and would no"
                      + " longer be reached");
        });
    apply(plan);
    assertThat(host.observe().filters().inForce().ports().get(0).forwards()).isEmpty();
    assertThat(plan(forwarding, Surroundings.NONE).changes())
        .extracting(Change::id)
        .containsExactly("update/filter/fjord");

    // Who has it already keeps it: somebody comes by it. It is told.
    apply(plan(forwarding, Surroundings.NONE));
    Plan later = plan(forwarding, taken);
    assertThat(later.changes()).isEmpty();
    assertThat(refused(later)).isEmpty();
    assertThat(later.problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem.code()).isEqualTo("port-shadowed"));
  }

  @Test
  void user_ids_that_others_have_are_told() {
    int first = closed.hosts().get(Worlds.SLART).uids().first();
    var taken =
        List.of(
            new TakenUids("/etc/subuid", "anna", first - 10, 11),
            new TakenUids("/etc/passwd", "ben", first - 1, 1));
    Plan plan = plan(closed, new Surroundings(Set.of(), List.of(), false, List.of(), taken));
    assertThat(refused(plan)).isEmpty();
    assertThat(plan.problems())
        .singleElement()
        .satisfies(problem ->
            assertThat(problem.summary())
                .contains("are not fjord's alone: anna has " + (first - 10) + "-" + first)
                .doesNotContain("ben"));
  }

  private static Surroundings around(InterfaceName bridge, Way way, boolean certain, Ruler ruler) {
    return new Surroundings(
        Set.of(bridge),
        List.of(obstacle(bridge, way, certain, ruler)),
        false,
        List.of(),
        List.of());
  }

  private static Obstacle obstacle(InterfaceName bridge, Way way, boolean certain, Ruler ruler) {
    return new Obstacle(
        way, bridge, false, "table ip filter, chain FORWARD", "policy drop", certain, ruler);
  }

  private static Desired open(Desired d) {
    Map<dev.fjord.model.ResourceName, Switch> switches = new TreeMap<>(d.switches());
    Switch s = switches.get(name("lan"));
    Traffic traffic =
        new Traffic(new Uplink(Uplink.Mode.NAT, null), Isolation.NONE, false, true, null);
    switches.put(
        s.name(),
        ModelFixtures.switchOf(
            s.name(),
            s.driver(),
            s.bridge(),
            s.subnet(),
            s.gateway(),
            s.ipv6(),
            s.reserved(),
            s.pool(),
            traffic,
            s.naming()));
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

  /** The simulated host has no default route, which is refused besides. */
  private static List<Refusal> refused(Plan plan) {
    return plan.refused().stream().filter(one -> !one.guard().equals("uplink")).toList();
  }

  private Plan plan(Desired desired, Surroundings around) {
    Observed o = host.observe();
    Observed seen =
        new Observed(
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
            o.daemons(),
            o.names(),
            o.ailments(),
            o.strayUids(),
            null,
            o.problems(),
            around);
    return Planner.plan(desired, List.of(), seen, target("r", 0));
  }

  private void apply(Plan plan) throws InterruptedException {
    assertThat(new Applier(host, threads, () -> false).apply(plan, ApplyListener.NONE))
        .allMatch(outcome -> outcome.status() == Outcome.Status.DONE);
  }
}
