package dev.fjord.planner.instance;

import static dev.fjord.planner.Edited.network;
import static dev.fjord.planner.Worlds.instance;
import static dev.fjord.planner.Worlds.name;
import static dev.fjord.planner.Worlds.site;
import static dev.fjord.planner.Worlds.target;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.apply.Applier;
import dev.fjord.apply.ApplyListener;
import dev.fjord.host.simulated.SimulatedHost;
import dev.fjord.model.Desired;
import dev.fjord.model.Displaced;
import dev.fjord.model.Instance;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.Nic;
import dev.fjord.plan.Change;
import dev.fjord.plan.Plan;
import dev.fjord.plan.Refusal;
import dev.fjord.planner.Planner;
import dev.fjord.planner.Worlds;
import dev.fjord.planner.network.FilterChanges;
import dev.fjord.problem.Location;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nothing is removed that may still have a document, or while its successor cannot come. */
class HeldBackTest {
  private final SimulatedHost host = new SimulatedHost(Worlds.LAYOUT);
  private final ExecutorService threads = Executors.newSingleThreadExecutor();

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  @Test
  void a_displaced_document_keeps_the_machine_of_its_name() throws Exception {
    apply(site(instance("bob", "bob"), instance("web", "linda")));

    Plan plan = plan(displaced("bob", "partners/Bob/bob.yaml"));

    assertThat(ids(plan)).containsExactly("delete/instance/web");
    assertThat(plan.refused())
        .singleElement()
        .satisfies(refusal -> {
          assertThat(refusal.guard()).isEqualTo("held-back");
          assertThat(refusal.owner()).isEqualTo(dev.fjord.model.Owner.partner(name("bob")));
          assertThat(refusal.summary())
              .isEqualTo(
                  "instance bob of partner bob stays as it is: its document is gone, and the one"
                      + " at partners/Bob/bob.yaml, which has no effect there, may be it");
          assertThat(refusal.hint())
              .isEqualTo("Put it right. If the instance is to go, remove that document, too.");
        });
  }

  @Test
  void one_that_cannot_be_read_keeps_everybody_without_a_document() throws Exception {
    apply(site(instance("bob", "bob"), instance("dns", ""), instance("web", "linda")));

    Desired desired =
        with(site(instance("web", "linda")), new Displaced(null, null, at("partners/Bob")));

    assertThat(plan(desired).changes()).isEmpty();
    assertThat(plan(desired).refused())
        .singleElement()
        .satisfies(refusal ->
            assertThat(refusal.summary())
                .isEqualTo(
                    "nothing is removed: partners/Bob cannot be read, and may be about any"
                        + " machine"));
  }

  @Test
  void a_displaced_document_is_nothing_to_a_machine_that_has_its_own() throws Exception {
    apply(site(instance("bob", "bob")));

    Plan plan =
        plan(with(site(instance("bob", "bob")), new Displaced(name("bob"), null, at("bob.yaml"))));

    assertThat(plan.changes()).isEmpty();
    assertThat(plan.refused()).isEmpty();
  }

  @Test
  void what_is_kept_is_started_again_as_it_was() throws Exception {
    apply(site(instance("bob", "bob")));
    host.kill(name("bob"));

    assertThat(ids(plan(displaced("bob", "partners/Bob/bob.yaml"))))
        .containsExactly("start/instance/bob");
  }

  @Test
  void a_new_document_of_the_same_owner_for_its_address_keeps_it() throws Exception {
    apply(site(on("192.0.2.9", "bob")));

    Plan plan = plan(site(on("192.0.2.9", "robert")));

    assertThat(plan.changes()).isEmpty();
    assertThat(plan.refused())
        .extracting(Refusal::guard)
        .containsExactlyInAnyOrder("addresses", "held-back");
    assertThat(plan.refused())
        .extracting(Refusal::summary)
        .contains(
            "instance bob of partner bob stays as it is: its document is gone, and that of robert,"
                + " which is new, asks for its address 192.0.2.9");
  }

  @Test
  void a_machine_that_is_there_and_asks_for_its_address_does_not_keep_it() throws Exception {
    apply(site(on("192.0.2.9", "bob"), on("192.0.2.8", "robert")));

    assertThat(ids(plan(site(on("192.0.2.9", "robert"))))).contains("delete/instance/bob");
  }

  @Test
  void a_document_of_another_owner_for_its_address_does_not_keep_it() throws Exception {
    apply(site(on("192.0.2.9", "bob")));

    Instance other = network(instance("web", "linda"), nic("192.0.2.9"));

    assertThat(ids(plan(site(other)))).containsExactly("delete/instance/bob");
  }

  @Test
  void one_of_its_name_of_another_owner_keeps_it() throws Exception {
    apply(site(instance("web", "linda")));

    Plan plan = plan(site(instance("web", "bob")));

    assertThat(plan.changes()).isEmpty();
    assertThat(plan.refused())
        .extracting(Refusal::guard)
        .containsExactlyInAnyOrder("names", "held-back");
  }

  @Test
  void a_switch_that_has_another_name_stays_while_somebody_is_on_it() throws Exception {
    apply(site(instance("bob", "bob")));
    Desired renamed = switches(site(), Set.of(dev.fjord.model.Owner.partner(name("bob"))));

    assertThat(ids(plan(renamed))).containsExactly("create/switch/net", "delete/switch/fj-dmz");
    host.kill(name("bob"));
    assertThat(ids(plan(renamed))).doesNotContain("delete/switch/fj-lan");
  }

  private static Desired switches(Desired d, Set<dev.fjord.model.Owner> held) {
    return ModelFixtures.desired(
        d.site(),
        d.hosts(),
        d.kernels(),
        d.images(),
        Map.of(name("net"), Worlds.lan("net", "203.0.113.0/28")),
        d.partners(),
        d.instances(),
        held,
        List.of());
  }

  private static Instance on(String address, String name) {
    return network(instance(name, "bob"), nic(address));
  }

  private static Nic nic(String address) {
    return ModelFixtures.nic(name("lan"), Ipv4Address.parse(address));
  }

  private static Desired displaced(String name, String where) {
    return with(site(), new Displaced(name(name), null, at(where)));
  }

  private static Location at(String file) {
    return Location.file(file);
  }

  private static Desired with(Desired d, Displaced displaced) {
    return new Desired(
        d.site(),
        d.hosts(),
        d.kernels(),
        d.images(),
        d.switches(),
        d.partners(),
        d.instances(),
        Set.of(),
        List.of(),
        List.of(displaced),
        List.of());
  }

  private Plan plan(Desired desired) {
    return Planner.plan(desired, List.of(), host.observe(), target("2", 0));
  }

  private void apply(Desired desired) throws InterruptedException {
    new Applier(host, threads, () -> false).apply(plan(desired), ApplyListener.NONE);
  }

  private static List<String> ids(Plan plan) {
    return plan.changes().stream()
        .map(Change::id)
        .filter(id -> !id.equals(FilterChanges.ID))
        .toList();
  }
}
