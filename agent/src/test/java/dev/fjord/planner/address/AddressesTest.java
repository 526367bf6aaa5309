package dev.fjord.planner.address;

import static dev.fjord.planner.Worlds.instance;
import static dev.fjord.planner.Worlds.name;
import static dev.fjord.planner.Worlds.target;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.apply.Applier;
import dev.fjord.apply.ApplyListener;
import dev.fjord.host.simulated.SimulatedHost;
import dev.fjord.model.AddressRange;
import dev.fjord.model.Cidr;
import dev.fjord.model.Desired;
import dev.fjord.model.Instance;
import dev.fjord.model.IpAddress;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.Ipv6Address;
import dev.fjord.model.Isolation;
import dev.fjord.model.Lease;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.Nic;
import dev.fjord.model.Observed;
import dev.fjord.model.Switch;
import dev.fjord.model.Traffic;
import dev.fjord.model.Uplink;
import dev.fjord.plan.Action;
import dev.fjord.plan.AddressMap.Use;
import dev.fjord.plan.Change;
import dev.fjord.plan.Disruption;
import dev.fjord.plan.FieldChange;
import dev.fjord.plan.Kind;
import dev.fjord.plan.Plan;
import dev.fjord.plan.Refusal;
import dev.fjord.plan.Waiting;
import dev.fjord.planner.Planner;
import dev.fjord.planner.Worlds;
import dev.fjord.report.AddressesText;
import dev.fjord.report.Paint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Addresses that stay: who has which, for how long, and who gets what is free. */
class AddressesTest {
  private final SimulatedHost host = new SimulatedHost(Worlds.LAYOUT);
  private final ExecutorService threads = Executors.newSingleThreadExecutor();
  private Switch lan = Worlds.lan("lan", "192.0.2.0/28");

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  @Test
  void an_address_that_was_left_is_leased_to_a_stranger_after_the_quarantine_alone()
      throws Exception {
    apply(on(null, "linda"));
    assertThat(address("linda")).isEqualTo("192.0.2.3");
    apply(on("192.0.2.9", "linda"));

    host.letPass(Duration.ofDays(6));
    apply(on("192.0.2.9", "linda"), on(null, "bob"));
    assertThat(address("bob")).isEqualTo("192.0.2.4");

    host.letPass(Duration.ofDays(2));
    apply(on("192.0.2.9", "linda"), on(null, "bob"), on(null, "frank"));
    assertThat(address("frank")).isEqualTo("192.0.2.3");
    assertThat(address("bob")).isEqualTo("192.0.2.4");
  }

  @Test
  void moving_is_one_change_with_one_restart() throws Exception {
    apply(on(null, "linda"));

    var plan = plan(site(on("192.0.2.9", "linda")));

    assertThat(plan.changes())
        .filteredOn(change -> change.kind() == Kind.INSTANCE)
        .singleElement()
        .satisfies(change -> {
          assertThat(change.id()).isEqualTo("restart/instance/linda");
          assertThat(change.fields())
              .containsExactly(new FieldChange("network.0.address", "192.0.2.3", "192.0.2.9"));
        });
    apply(on("192.0.2.9", "linda"));
    assertThat(plan(site(on("192.0.2.9", "linda"))).isEmpty()).isTrue();
  }

  @Test
  void another_subnet_is_the_switch_first_and_then_a_restart_of_each() throws Exception {
    apply(on(null, "linda"), on(null, "bob"));
    lan = Worlds.lan("lan", "203.0.113.0/28");

    var plan = plan(site(on(null, "linda"), on(null, "bob")));

    assertThat(plan.changes())
        .extracting(Change::id)
        .containsExactlyInAnyOrder(
            "update/switch/lan",
            "update/filter/fjord",
            "restart/instance/bob",
            "restart/instance/linda");
    assertThat(plan.changes())
        .filteredOn(change -> change.action() == Action.RESTART)
        .allSatisfy(change -> {
          assertThat(change.disruption()).isEqualTo(Disruption.RESTART);
          assertThat(change.requires()).contains("update/switch/lan", "update/filter/fjord");
          assertThat(change.fields())
              .extracting(FieldChange::path)
              .containsExactly("network.0.address", "network.0.gateway");
        });
    apply(on(null, "linda"), on(null, "bob"));
    assertThat(address("linda")).startsWith("203.0.113.");
  }

  @Test
  void an_instance_takes_back_what_it_left() throws Exception {
    apply(on(null, "linda"));
    apply(on("192.0.2.9", "linda"));
    apply(on("192.0.2.3", "linda"));

    assertThat(address("linda")).isEqualTo("192.0.2.3");
    assertThat(host.observe().instances().get(0).record().left())
        .extracting(left -> left.address().toString())
        .containsExactly("192.0.2.9");
  }

  @Test
  void the_trash_keeps_an_address_for_the_quarantine_and_gives_it_up_last() throws Exception {
    apply(on(null, "linda"));
    apply();
    apply(on(null, "bob"));
    assertThat(address("bob")).isEqualTo("192.0.2.4");

    host.letPass(Duration.ofDays(8));
    apply(on(null, "bob"), on(null, "frank"));
    assertThat(address("frank")).isEqualTo("192.0.2.5");
    apply(on(null, "bob"), on(null, "frank"), on(null, "linda"));
    assertThat(address("linda")).as("who comes back in time").isEqualTo("192.0.2.3");
  }

  @Test
  void who_comes_back_too_late_gets_another_address_and_its_disks() throws Exception {
    lan = small();
    apply(on(null, "linda"));
    var identity = host.observe().instances().get(0).record().identity();
    apply();
    host.letPass(Duration.ofDays(8));
    apply(on(null, "bob"), on(null, "frank"));
    assertThat(List.of(address("bob"), address("frank")))
        .containsExactlyInAnyOrder("192.0.2.2", "192.0.2.3");
    lan = withPool(lan, "192.0.2.2-192.0.2.4", true);
    apply(on(null, "bob"), on(null, "frank"), on(null, "linda"));

    assertThat(address("linda")).isEqualTo("192.0.2.4");
    assertThat(host.observe().instances())
        .filteredOn(seen -> seen.name().equals(name("linda")))
        .singleElement()
        .satisfies(seen -> assertThat(seen.record().identity()).isEqualTo(identity));
  }

  /** Two addresses. */
  private static Switch small() {
    return withPool(Worlds.lan("lan", "192.0.2.0/28"), "192.0.2.2-192.0.2.3", true);
  }

  @Test
  void a_full_network_of_27_bits_serves_29_machines() throws Exception {
    lan =
        ModelFixtures.switchOf(
            name("lan"),
            Worlds.lan("lan", "192.0.2.0/27").bridge(),
            Cidr.parse("192.0.2.0/27"),
            Ipv4Address.parse("192.0.2.1"),
            List.of());
    List<Instance> all = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      all.add(on(null, "m%02d".formatted(i)));
    }
    apply(all.subList(0, 29).toArray(new Instance[0]));
    assertThat(host.observe().instances()).hasSize(29);
    assertThat(address("m28")).isEqualTo("192.0.2.30");

    var plan = plan(site(all.toArray(new Instance[0])));
    assertThat(plan.changes()).isEmpty();
    assertThat(plan.refused())
        .singleElement()
        .satisfies(refusal -> {
          assertThat(refusal.summary())
              .isEqualTo(
                  "instance m29: switch lan (192.0.2.0/27) has no free address: of the 29 in its"
                      + " subnet 29 are held or named; free elsewhere: 12 on dmz");
          assertThat(refusal.hint()).contains("'fjord addresses' shows who has which");
        });
  }

  @Test
  void a_pool_is_for_those_that_name_nothing() throws Exception {
    lan = withPool(lan, "192.0.2.10-192.0.2.11", false);
    apply(on(null, "linda"), on("192.0.2.5", "bob"), on(null, "frank"));
    assertThat(List.of(address("linda"), address("frank")))
        .containsExactlyInAnyOrder("192.0.2.10", "192.0.2.11");
    assertThat(address("bob")).isEqualTo("192.0.2.5");
    var plan =
        plan(site(on(null, "linda"), on("192.0.2.5", "bob"), on(null, "frank"), on(null, "web")));
    assertThat(plan.refused())
        .extracting(Refusal::summary)
        .singleElement()
        .asString()
        .contains("of the 2 in its pool 2 are held or named");
  }

  @Test
  void ipv6_has_the_number_of_ipv4_unless_somebody_has_it() throws Exception {
    lan = Worlds.dual("lan", "192.0.2.0/28", "2001:db8:1::");
    apply(on("192.0.2.5", "linda"), named6("2001:db8:1::7", "bob"), on("192.0.2.7", "frank"));
    assertThat(lease("linda").address6()).hasToString("2001:db8:1::5");
    assertThat(lease("bob").address6()).hasToString("2001:db8:1::7");
    assertThat(lease("frank").address6()).hasToString("2001:db8:1::2");
    apply(on("192.0.2.9", "linda"), named6("2001:db8:1::7", "bob"), on("192.0.2.7", "frank"));
    assertThat(lease("linda").address6()).as("sticky").hasToString("2001:db8:1::5");
  }

  @Test
  void further_addresses_are_held_like_the_first() throws Exception {
    lan = Worlds.dual("lan", "192.0.2.0/28", "2001:db8:1::");
    apply(further("linda", "192.0.2.3", "2001:db8:1::3"));
    assertThat(lease("linda").addresses())
        .extracting(IpAddress::toString)
        .as("none of them is leased to the machine that names it")
        .containsExactly("192.0.2.4", "2001:db8:1::4", "192.0.2.3", "2001:db8:1::3");

    // Nobody else gets one, by name or without.
    var refused = plan(site(further("linda", "192.0.2.3"), on("192.0.2.3", "bob"))).refused();
    assertThat(refused)
        .extracting(Refusal::summary)
        .containsExactly(
            "instance bob: address 192.0.2.3 on switch lan is held by instance linda of partner"
                + " linda");
    apply(further("linda", "192.0.2.3", "2001:db8:1::3"), on(null, "bob"));
    assertThat(address("bob")).isEqualTo("192.0.2.5");

    // Left, it is in quarantine; in the trash it is kept.
    apply(further("linda"), on(null, "bob"));
    assertThat(host.observe().instances().get(1).record().left())
        .extracting(left -> left.address().toString())
        .containsExactly("192.0.2.3", "2001:db8:1::3");
    apply(further("linda"), on(null, "bob"), on(null, "frank"));
    assertThat(address("frank")).isEqualTo("192.0.2.6");
    apply(further("linda", "192.0.2.9"), on(null, "bob"), on(null, "frank"));
    apply(on(null, "bob"), on(null, "frank"));
    assertThat(plan(site(on(null, "bob"), on("192.0.2.9", "frank"))).refused()).hasSize(1);
  }

  @Test
  void ipv6_of_a_switch_and_a_further_address_of_it_may_come_in_one_commit() throws Exception {
    apply(further("linda"));
    lan = Worlds.dual("lan", "192.0.2.0/28", "2001:db8:1::");
    apply(further("linda", "2001:db8:1::9"));
    assertThat(lease("linda").further()).hasToString("[2001:db8:1::9]");
  }

  @Test
  void one_more_address_is_a_restart_and_one_less_is_none() throws Exception {
    apply(further("linda"));

    var more = plan(site(further("linda", "192.0.2.8", "192.0.2.9")));
    assertThat(more.changes())
        .extracting(Change::id)
        .containsExactlyInAnyOrder("update/filter/fjord", "restart/instance/linda");
    assertThat(more.changes())
        .filteredOn(change -> change.action() == Action.RESTART)
        .flatExtracting(Change::fields)
        .containsExactly(new FieldChange("network.0.addresses", null, "192.0.2.8, 192.0.2.9"));
    apply(further("linda", "192.0.2.8", "192.0.2.9"));

    var less = plan(site(further("linda", "192.0.2.9")));
    assertThat(less.changes())
        .extracting(Change::id)
        .containsExactlyInAnyOrder(
            "update/filter/fjord", "update/instance/linda", "update/port/linda");
    assertThat(less.waiting())
        .extracting(Waiting::summary)
        .singleElement()
        .asString()
        .contains("cannot use the address that it no longer has");

    // Where nothing is filtered it would go on answering.
    lan =
        ModelFixtures.switchOf(
            lan.name(),
            lan.driver(),
            lan.bridge(),
            lan.subnet(),
            lan.gateway(),
            null,
            lan.reserved(),
            lan.pool(),
            new Traffic(Uplink.NONE, Isolation.NONE, false, false, null),
            lan.naming());
    assertThat(plan(site(further("linda", "192.0.2.9"))).changes())
        .extracting(Change::id)
        .contains("restart/instance/linda");
  }

  @Test
  void a_floating_address_leaves_its_holder_before_another_has_it() throws Exception {
    apply(further("linda", "192.0.2.9"), further("bob"));

    var plan = plan(site(further("linda"), further("bob", "192.0.2.9")));

    assertThat(plan.refused()).isEmpty();
    assertThat(plan.changes())
        .filteredOn(change -> change.id().equals("restart/instance/bob"))
        .singleElement()
        .satisfies(change ->
            assertThat(change.requires())
                .contains("update/filter/fjord", "update/instance/linda", "update/port/linda"));
    apply(further("linda"), further("bob", "192.0.2.9"));
    assertThat(lease("bob").further()).hasToString("[192.0.2.9]");
    assertThat(lease("linda").further()).isEmpty();
  }

  private static Instance further(String name, String... addresses) {
    var further = Stream.of(addresses).map(IpAddress::parse).toList();
    return with(name, new Nic(name("lan"), null, null, null, List.of(), false, further, List.of()));
  }

  @Test
  void the_map_tells_each_use() throws Exception {
    lan = withPool(lan, "192.0.2.3-192.0.2.8", false);
    apply(on(null, "linda"), on(null, "bob"));
    apply(on("192.0.2.9", "linda"));
    Desired desired = site(on("192.0.2.9", "linda"), on("192.0.2.6", "web"));

    var map = AddressUses.map(desired, host.observe());

    var block = map.blocks().get(1);
    assertThat(block.ipv4())
        .extracting(entry -> entry.first() + " " + entry.use())
        .containsExactly(
            "192.0.2.0 NETWORK",
            "192.0.2.1 GATEWAY",
            "192.0.2.2 RESERVED",
            "192.0.2.3 TRASHED",
            "192.0.2.4 QUARANTINED",
            "192.0.2.5 FREE",
            "192.0.2.6 NAMED",
            "192.0.2.7 FREE",
            "192.0.2.9 LEASED",
            "192.0.2.10 OUTSIDE_POOL",
            "192.0.2.15 BROADCAST");
    assertThat(block.count(Use.FREE)).isEqualTo(3);
    assertThat(AddressesText.of(map, Paint.NONE))
        .contains("switch lan: 192.0.2.0/28, 1 leased, 1 named, 1 in the trash, 1 in quarantine")
        .contains("-Grtq.n..#,,,,,-")
        .containsPattern("192\\.0\\.2\\.9 +linda +linda +leased")
        .containsPattern("192\\.0\\.2\\.3 +bob +linda +in the trash until 19");
  }

  private static Switch withPool(Switch lan, String pool, boolean all) {
    return ModelFixtures.switchOf(
        lan.name(),
        lan.driver(),
        lan.bridge(),
        lan.subnet(),
        lan.gateway(),
        null,
        all ? List.of() : lan.reserved(),
        List.of(AddressRange.parse(pool)),
        lan.traffic(),
        lan.naming());
  }

  private static Instance on(@Nullable String address, String name) {
    return with(
        name, ModelFixtures.nic(name("lan"), address == null ? null : Ipv4Address.parse(address)));
  }

  private static Instance named6(String address, String name) {
    return with(
        name, ModelFixtures.nic(name("lan"), null, Ipv6Address.parse(address), null, List.of()));
  }

  private static Instance with(String name, Nic nic) {
    return instance(name, "linda").withNetwork(List.of(nic));
  }

  private Desired site(Instance... instances) {
    Desired site = Worlds.site(instances);
    return ModelFixtures.desired(
        site.site(),
        site.hosts(),
        site.kernels(),
        site.images(),
        Map.of(lan.name(), lan, name("dmz"), site.switches().get(name("dmz"))),
        site.partners(),
        site.instances(),
        site.held(),
        site.contests());
  }

  private Plan plan(Desired desired) {
    return Planner.plan(desired, List.of(), host.observe(), target("1", 100));
  }

  private void apply(Instance... instances) throws Exception {
    Plan plan = plan(site(instances));
    assertThat(plan.refused()).isEmpty();
    new Applier(host, threads, () -> false).apply(plan, ApplyListener.NONE);
    assertThat(plan(site(instances)).changes()).isEmpty();
  }

  private Lease lease(String name) {
    Observed observed = host.observe();
    return observed.instances().stream()
        .filter(seen -> seen.name().equals(name(name)))
        .findFirst()
        .orElseThrow()
        .record()
        .leases()
        .get(0);
  }

  private String address(String name) {
    IpAddress address = lease(name).address();
    return address.toString();
  }
}
