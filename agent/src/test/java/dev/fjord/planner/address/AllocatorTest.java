package dev.fjord.planner.address;

import static dev.fjord.planner.Edited.memory;
import static dev.fjord.planner.Edited.network;
import static dev.fjord.planner.Edited.restart;
import static dev.fjord.planner.Worlds.instance;
import static dev.fjord.planner.Worlds.name;
import static dev.fjord.planner.Worlds.site;
import static dev.fjord.planner.Worlds.target;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.apply.Applier;
import dev.fjord.apply.ApplyListener;
import dev.fjord.host.simulated.SimulatedHost;
import dev.fjord.model.AddressRange;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Desired;
import dev.fjord.model.FilteredPort;
import dev.fjord.model.Instance;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.Nic;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.Owner;
import dev.fjord.model.PortForward;
import dev.fjord.model.Protocol;
import dev.fjord.model.ResourceName;
import dev.fjord.model.RestartPolicy;
import dev.fjord.model.Switch;
import dev.fjord.model.Volume;
import dev.fjord.plan.Change;
import dev.fjord.plan.Plan;
import dev.fjord.plan.Refusal;
import dev.fjord.plan.Step;
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

/** Who asks for what is another's, or for what it cannot have, changes nothing for anybody else. */
class AllocatorTest {
  private static final Owner BOB = Owner.partner(name("bob"));
  private static final Owner LINDA = Owner.partner(name("linda"));

  private final SimulatedHost host = new SimulatedHost(Worlds.LAYOUT);
  private final ExecutorService threads = Executors.newSingleThreadExecutor();

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  @Test
  void a_held_partner_keeps_no_newcomer_from_an_address_that_it_names() throws Exception {
    Desired desired = revision(Set.of(BOB), on("192.0.2.9", "b", "bob"), on("192.0.2.9", "linda"));

    apply(desired);

    assertThat(address("linda")).isEqualTo("192.0.2.9");
    assertThat(plan(desired).changes()).isEmpty();
    assertThat(plan(desired).refused()).isEmpty();
  }

  @Test
  void an_address_that_a_held_partner_names_is_leased_to_who_names_none() throws Exception {
    Instance rival = on("192.0.2.3", "b", "bob");
    // Contested, or nobody would look at a document of a held owner at all.
    Instance second = on("192.0.2.3", "c", "bob");

    apply(revision(Set.of(BOB), rival, second, leased("linda", "linda")));

    assertThat(address("linda")).isEqualTo("192.0.2.3");
  }

  @Test
  void what_a_held_partner_has_on_the_host_stays_its_own() throws Exception {
    apply(revision(Set.of(), on("192.0.2.9", "b", "bob")));

    Plan plan = plan(revision(Set.of(BOB), on("192.0.2.9", "b", "bob"), on("192.0.2.9", "linda")));

    assertThat(ids(plan)).isEmpty();
    assertThat(plan.refused())
        .extracting(Refusal::summary)
        .containsExactly(
            "instance linda: address 192.0.2.9 on switch lan is held by instance b of partner bob");
  }

  @Test
  void who_does_not_fit_keeps_no_newcomer_from_an_address_that_it_names() throws Exception {
    Instance huge = memory(on("192.0.2.9", "b", "bob"), 100 * 1024);
    Desired desired = revision(Set.of(), huge, on("192.0.2.9", "linda"));

    Plan plan = plan(desired);
    apply(desired);

    assertThat(address("linda")).isEqualTo("192.0.2.9");
    assertThat(plan.refused()).extracting(Refusal::guard).containsExactly("capacity");
    assertThat(plan(desired).changes()).isEmpty();
  }

  @Test
  void who_does_not_fit_keeps_no_address_from_being_leased() throws Exception {
    Instance huge = memory(on("192.0.2.3", "a", "bob"), 100 * 1024);
    Desired desired = revision(Set.of(), huge, leased("linda", "linda"));

    Plan plan = plan(desired);
    apply(desired);

    assertThat(address("linda")).isEqualTo("192.0.2.3");
    assertThat(plan.refused())
        .singleElement()
        .satisfies(refusal -> {
          assertThat(refusal.owner()).isEqualTo(BOB);
          assertThat(refusal.summary()).contains("instance a wants 100GiB of memory");
        });
    assertThat(plan(desired).changes()).isEmpty();
  }

  @Test
  void who_may_not_grow_keeps_what_it_has_and_takes_nothing() throws Exception {
    apply(revision(Set.of(), on("192.0.2.5", "a", "bob")));
    Instance growing = memory(on("192.0.2.9", "a", "bob"), 100 * 1024);
    Desired desired =
        revision(Set.of(), growing, on("192.0.2.9", "linda"), on("192.0.2.5", "second"));

    assertThat(plan(desired).refused())
        .extracting(Refusal::guard)
        .containsExactlyInAnyOrder("capacity", "addresses");
    apply(desired);

    assertThat(address("a")).isEqualTo("192.0.2.5");
    assertThat(address("linda")).isEqualTo("192.0.2.9");
    assertThat(plan(desired).changes()).isEmpty();
  }

  @Test
  void who_names_an_address_of_another_keeps_nobody_from_the_rest_that_it_names() throws Exception {
    apply(revision(Set.of(), leased("linda", "linda")));
    Instance greedy =
        network(instance("a", "bob"), nic("192.0.2.3"), ModelFixtures.nic(name("dmz"), dmz("9")));
    Instance newcomer = network(instance("n", "linda"), ModelFixtures.nic(name("dmz"), dmz("9")));

    apply(revision(Set.of(), leased("linda", "linda"), greedy, newcomer));

    assertThat(address("linda")).isEqualTo("192.0.2.3");
    assertThat(address("n")).isEqualTo("198.51.100.9");
  }

  @Test
  void who_is_refused_an_address_reserves_no_other_one() throws Exception {
    apply(revision(Set.of(), leased("linda", "linda")));
    Instance greedy =
        network(instance("a", "bob"), nic("192.0.2.3"), ModelFixtures.nic(name("dmz"), dmz("3")));
    Instance newcomer = network(instance("n", "linda"), ModelFixtures.nic(name("dmz"), null));
    Desired all = revision(Set.of(), leased("linda", "linda"), greedy, newcomer);

    apply(withPool(all, name("dmz"), "198.51.100.3-198.51.100.3"));

    assertThat(address("n")).isEqualTo("198.51.100.3");
  }

  private static Desired withPool(Desired d, ResourceName network, String pool) {
    Map<ResourceName, Switch> switches = new TreeMap<>(d.switches());
    switches.computeIfPresent(
        network,
        (name, s) ->
            ModelFixtures.switchOf(
                name,
                s.driver(),
                s.bridge(),
                s.subnet(),
                s.gateway(),
                s.ipv6(),
                s.reserved(),
                List.of(AddressRange.parse(pool)),
                s.traffic(),
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

  @Test
  void two_who_could_have_an_address_both_go_without() {
    Desired desired = revision(Set.of(), on("192.0.2.9", "b", "bob"), on("192.0.2.9", "linda"));

    assertThat(ids(plan(desired))).noneMatch(id -> id.contains("/instance/"));
  }

  @Test
  void a_namesake_freezes_no_change_of_whoever_has_the_name() throws Exception {
    apply(revision(Set.of(), on("192.0.2.5", "linda")));
    Instance moved = memory(on("192.0.2.9", "linda"), 256);
    Desired desired = revision(Set.of(), moved, on("192.0.2.9", "linda", "bob"));

    apply(desired);

    assertThat(record("linda").owner()).isEqualTo(LINDA);
    assertThat(record("linda").applied().memory()).isEqualTo(ByteSize.mib(256));
    assertThat(address("linda")).isEqualTo("192.0.2.9");
    assertThat(plan(desired).changes()).isEmpty();
  }

  @Test
  void a_namesake_keeps_no_newcomer_from_an_address() throws Exception {
    apply(revision(Set.of(), on("192.0.2.5", "linda")));
    Instance namesake = on("192.0.2.9", "linda", "bob");
    Instance newcomer = on("192.0.2.9", "frank");

    apply(revision(Set.of(), on("192.0.2.5", "linda"), namesake, newcomer));

    assertThat(address("frank")).isEqualTo("192.0.2.9");
  }

  @Test
  void a_namesake_takes_nothing_when_the_owner_of_the_name_asks_for_too_much() throws Exception {
    apply(revision(Set.of(), on("192.0.2.5", "linda"), on("192.0.2.9", "b", "bob")));
    InstanceRecord before = record("linda");
    Instance asking = on("192.0.2.9", "linda"); // It is b's, so that her document loses.
    Desired desired =
        revision(Set.of(), asking, on("192.0.2.9", "b", "bob"), on("192.0.2.8", "linda", "bob"));

    assertThat(ids(plan(desired))).isEmpty();
    apply(desired);

    assertThat(record("linda")).isEqualTo(before);
  }

  @Test
  void the_machine_of_a_held_partner_is_not_replaced_by_a_namesake() throws Exception {
    apply(revision(Set.of(), on("192.0.2.5", "linda")));
    // Her own document has the fault, so that nothing of it contends.
    Desired desired = revision(Set.of(LINDA), leased("linda", "bob"));

    Plan plan = plan(desired);

    assertThat(ids(plan)).isEmpty();
    assertThat(plan.refused())
        .singleElement()
        .satisfies(refusal -> {
          assertThat(refusal.guard()).isEqualTo("names");
          assertThat(refusal.owner()).isEqualTo(BOB);
          assertThat(refusal.summary())
              .isEqualTo(
                  "instance linda: the name is held by instance linda of partner linda, which stays"
                      + " as it is");
          assertThat(refusal.hint()).isEqualTo("Give it another name.");
        });
  }

  @Test
  void an_address_of_whoever_has_it_stays_though_others_name_it() throws Exception {
    apply(revision(Set.of(), on("192.0.2.5", "linda")));
    Instance changed = memory(on("192.0.2.5", "linda"), 256);

    apply(revision(Set.of(), changed, on("192.0.2.5", "b", "bob"), on("192.0.2.5", "c", "bob")));

    assertThat(record("linda").applied().memory()).isEqualTo(ByteSize.mib(256));
    assertThat(host.observe().instances()).hasSize(1);
  }

  @Test
  void volumes_and_host_names_of_another_are_no_claims_at_all() throws Exception {
    apply(revision(Set.of(), leased("linda", "linda")));
    Instance same = leased("b", "bob");

    apply(
        revision(
            Set.of(),
            memory(leased("linda", "linda"), 256),
            same.withDisks(same.image(), List.of(new Volume(name("storage"), ByteSize.gib(4))))));

    assertThat(record("linda").applied().memory()).isEqualTo(ByteSize.mib(256));
    assertThat(record("b").applied().volumes()).hasSize(1);
  }

  @Test
  void a_port_of_the_host_that_a_held_partner_has_goes_to_nobody_else() throws Exception {
    apply(revision(Set.of(), forwarding("b", "bob", 2201)));
    Desired desired = revision(Set.of(BOB), forwarding("linda", "linda", 2201));

    Plan plan = plan(desired);
    apply(desired);

    assertThat(plan.refused())
        .extracting(Refusal::summary)
        .containsExactly(
            "instance linda: port 2201 of the host leads to instance b of partner bob, which stays"
                + " as it is");
    assertThat(forwards()).containsExactly("b 2201 to 22/tcp");
  }

  @Test
  void a_port_that_waits_for_a_restart_to_be_given_up_leads_to_one_guest() throws Exception {
    Instance first = restart(forwarding("b", "bob", 2201), RestartPolicy.WINDOW);
    apply(revision(Set.of(), first));
    Instance gives = memory(restart(leased("b", "bob"), RestartPolicy.WINDOW), 256);
    Desired desired = revision(Set.of(), gives, forwarding("c", "bob", 2201));

    Plan plan = plan(desired);
    apply(desired);

    assertThat(plan.refused())
        .extracting(Refusal::summary)
        .containsExactly("instance c: port 2201 of the host leads to instance b of partner bob");
    assertThat(forwards()).containsExactly("b 2201 to 22/tcp");
    host.kill(name("b"));
    apply(desired);
    assertThat(forwards()).containsExactly("c 2201 to 22/tcp");
  }

  @Test
  void a_user_id_that_disks_or_a_kernel_without_a_record_have_goes_to_nobody_else() {
    int first = uid(planWith(Set.of()));

    assertThat(uid(planWith(Set.of(first)))).isEqualTo(first + 1);
    assertThat(uid(planWith(Set.of(first, first + 1, first + 3)))).isEqualTo(first + 2);
  }

  private Plan planWith(Set<Integer> strays) {
    Observed o = host.observe();
    Observed seen =
        ModelFixtures.observed(
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
            strays,
            o.problems());
    Desired desired = revision(Set.of(), leased("linda", "linda"));
    return Planner.plan(desired, List.of(), seen, target("2", 0));
  }

  private static int uid(Plan plan) {
    return plan.changes().stream()
        .map(Change::step)
        .filter(Step.CreateInstance.class::isInstance)
        .map(step -> ((Step.CreateInstance) step).record().uid())
        .findFirst()
        .orElseThrow();
  }

  /** No document says it; a plan is right for whatever it is made of. */
  @Test
  void two_interfaces_on_one_switch_have_two_addresses() throws Exception {
    Nic any = ModelFixtures.nic(name("lan"), null);
    apply(revision(Set.of(), network(instance("linda", "linda"), any)));
    assertThat(addresses("linda")).containsExactly("192.0.2.3");

    apply(
        revision(
            Set.of(),
            network(instance("linda", "linda"), any, any),
            network(instance("b", "bob"), any)));
    assertThat(addresses("linda")).containsExactly("192.0.2.3", "192.0.2.4");
    assertThat(addresses("b")).containsExactly("192.0.2.5");

    apply(revision(Set.of(), network(instance("linda", "linda"), any, nic("192.0.2.3"))));
    assertThat(addresses("linda")).containsExactly("192.0.2.4", "192.0.2.3");
  }

  @Test
  void an_address_that_both_interfaces_name_is_refused() {
    Instance twice = network(instance("linda", "linda"), nic("192.0.2.9"), nic("192.0.2.9"));

    assertThat(plan(site(twice)).refused())
        .extracting(Refusal::summary)
        .containsExactly(
            "instance linda: address 192.0.2.9 on switch lan is held by another of its interfaces");
  }

  private List<String> addresses(String name) {
    return record(name).leases().stream().map(lease -> lease.address().toString()).toList();
  }

  private static Instance forwarding(String name, String partner, int port) {
    PortForward forward = new PortForward(Protocol.TCP, port, 22);
    return network(
        instance(name, partner),
        ModelFixtures.nic(name("lan"), null, null, null, List.of(forward)));
  }

  private List<String> forwards() {
    return host.observe().filters().inForce().ports().stream()
        .flatMap(port -> port.forwards().stream().map(forward -> words(port, forward)))
        .toList();
  }

  private static String words(FilteredPort port, PortForward forward) {
    return port.instance() + " " + forward;
  }

  private static Instance on(String address, String name) {
    return on(address, name, "linda");
  }

  private static Instance on(String address, String name, String partner) {
    return network(instance(name, partner), nic(address));
  }

  private static Instance leased(String name, String partner) {
    return network(instance(name, partner), ModelFixtures.nic(name("lan"), null));
  }

  private static Nic nic(String address) {
    return ModelFixtures.nic(name("lan"), Ipv4Address.parse(address));
  }

  private static Ipv4Address dmz(String number) {
    return Ipv4Address.parse("198.51.100." + number);
  }

  private static Desired revision(Set<Owner> held, Instance... documents) {
    return Worlds.revision(site(), held, documents);
  }

  private Plan plan(Desired desired) {
    return Planner.plan(desired, List.of(), host.observe(), target("2", 0));
  }

  private void apply(Desired desired) throws InterruptedException {
    new Applier(host, threads, () -> false).apply(plan(desired), ApplyListener.NONE);
  }

  private static List<String> ids(Plan plan) {
    return plan.changes().stream().map(Change::id).toList();
  }

  private InstanceRecord record(String name) {
    return host.observe().instances().stream()
        .filter(one -> one.name().equals(name(name)))
        .map(ObservedInstance::record)
        .findFirst()
        .orElseThrow();
  }

  private String address(String name) {
    return record(name).leases().get(0).address().toString();
  }
}
