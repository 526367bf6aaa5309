package dev.fjord.planner.instance;

import static dev.fjord.planner.Worlds.instance;
import static dev.fjord.planner.Worlds.name;
import static dev.fjord.planner.Worlds.site;
import static dev.fjord.planner.Worlds.target;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.apply.Applier;
import dev.fjord.apply.ApplyListener;
import dev.fjord.host.simulated.SimulatedHost;
import dev.fjord.model.CpuShare;
import dev.fjord.model.Instance;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.Power;
import dev.fjord.model.StartOrder;
import dev.fjord.plan.Action;
import dev.fjord.plan.Change;
import dev.fjord.plan.Plan;
import dev.fjord.planner.Edited;
import dev.fjord.planner.Planner;
import dev.fjord.planner.Worlds;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Who waits for whom when machines start. */
class StartWavesTest {
  private final SimulatedHost host = new SimulatedHost(Worlds.LAYOUT);

  @Test
  void a_partners_order_keeps_none_of_the_sites_waiting() {
    Plan plan =
        plan(
            started("dns", "", 100),
            started("web", "", 200),
            started("a", "bob", 0),
            started("b", "bob", 1));

    assertThat(waitsFor(plan, "dns")).isEmpty();
    assertThat(waitsFor(plan, "web")).containsExactly("dns");
    assertThat(waitsFor(plan, "a")).containsExactlyInAnyOrder("dns", "web");
    assertThat(waitsFor(plan, "b")).containsExactlyInAnyOrder("dns", "web", "a");
  }

  @Test
  void partners_do_not_wait_for_each_other() {
    Plan plan = plan(started("a", "bob", 0), started("b", "bob", 1), started("linda", "linda", 2));

    assertThat(waitsFor(plan, "linda")).isEmpty();
    assertThat(waitsFor(plan, "b")).containsExactly("a");
  }

  @Test
  void after_anothers_machine_neither_waits_nor_moves_it_up() {
    Plan plan =
        plan(
            started("linda", "linda", 50),
            started("first", "linda", 10),
            started("a", "bob", 0, "linda"),
            started("dns", "", 100, "linda"));

    assertThat(waitsFor(plan, "a")).containsExactly("dns");
    assertThat(waitsFor(plan, "dns")).isEmpty();
    assertThat(waitsFor(plan, "linda")).containsExactlyInAnyOrder("dns", "first");
  }

  @Test
  void who_comes_after_the_sites_waits_for_it() {
    Plan plan = plan(started("dns", "", 100), started("linda", "linda", 0, "dns"));

    assertThat(follows(plan, "linda")).containsExactly("start/instance/dns");
  }

  @Test
  void what_comes_after_a_start_that_is_under_way_waits_for_it_and_nothing_else_does()
      throws Exception {
    Instance dns = started("dns", "", 100);
    Instance slow = started("slow", "bob", 0);
    apply(plan(dns, slow));
    Instance[] all = {
      dns, slow, started("b", "bob", 1), started("c", "bob", 0), started("linda", "linda", 200)
    };

    Plan bobs = Planner.plan(site(all), List.of(), starting("slow"), target("2", 0));
    assertThat(started(bobs)).containsExactlyInAnyOrder("c", "linda");
    assertThat(bobs.waiting())
        .extracting(one -> one.instance() + ": " + one.until() + ", " + one.summary())
        .containsExactly("b: OTHERS, it starts after slow, whose start is under way");

    Plan sites = Planner.plan(site(all), List.of(), starting("dns"), target("2", 0));
    assertThat(started(sites)).isEmpty();
    assertThat(sites.waiting())
        .extracting(one -> one.instance().value())
        .containsExactly("b", "c", "linda");
  }

  @Test
  void a_machine_that_starts_is_left_to_its_start_unless_that_is_no_longer_wanted()
      throws Exception {
    Instance slow = started("slow", "bob", 0);
    apply(plan(slow));
    Observed starts = starting("slow");

    assertThat(changes(starts, slow)).isEmpty();
    assertThat(changes(starts, Edited.power(slow, Power.PAUSED)))
        .as("it is paused by the run after its start")
        .isEmpty();
    assertThat(changes(starts, Edited.cpu(slow, new CpuShare(7, null)))).isEmpty();
    assertThat(changes(starts, Edited.memory(slow, 77))).containsExactly("restart/instance/slow");
    assertThat(changes(starts, Edited.power(slow, Power.STOPPED)))
        .containsExactly("stop/instance/slow");
    assertThat(
            Planner.plan(site(), List.of(), starts, target("2", 9)).changes().stream()
                .map(Change::id))
        .contains("delete/instance/slow");
  }

  private static List<String> changes(Observed observed, Instance instance) {
    return Planner.plan(site(instance), List.of(), observed, target("2", 0)).changes().stream()
        .map(Change::id)
        .toList();
  }

  private static List<String> started(Plan plan) {
    return plan.changes().stream()
        .filter(change -> change.action() == Action.START)
        .map(change -> change.name().value())
        .toList();
  }

  private void apply(Plan plan) throws InterruptedException {
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      new Applier(host, threads, () -> false).apply(plan, ApplyListener.NONE);
    }
  }

  /** The host, with one machine whose guest is still waited for. */
  private Observed starting(String name) {
    Observed seen = host.observe();
    return Worlds.with(
        seen,
        seen.instances().stream()
            .map(one -> one.name().equals(name(name)) ? starting(one) : one)
            .toList(),
        seen.ports());
  }

  private static ObservedInstance starting(ObservedInstance one) {
    return ModelFixtures.observedInstance(
        one.name(), one.record(), one.disks(), one.kernel().starts(), one.starts(), one.fault());
  }

  private Plan plan(Instance... instances) {
    return Planner.plan(site(instances), List.of(), host.observe(), target("1", 0));
  }

  private static Instance started(String name, String partner, int order, String... after) {
    Instance i = instance(name, partner);
    return Edited.start(i, new StartOrder(order, Stream.of(after).map(Worlds::name).toList()));
  }

  private static List<String> follows(Plan plan, String name) {
    return plan.changes().stream()
        .filter(change -> change.name().equals(name(name)) && change.action() == Action.START)
        .findFirst()
        .orElseThrow()
        .follows();
  }

  /** All that have to have ended before it begins, by way of others too. */
  private static Set<String> waitsFor(Plan plan, String name) {
    Set<String> names = new HashSet<>();
    for (String id : follows(plan, name)) {
      String before = id.substring(id.lastIndexOf('/') + 1);
      names.add(before);
      names.addAll(waitsFor(plan, before));
    }
    return names;
  }
}
