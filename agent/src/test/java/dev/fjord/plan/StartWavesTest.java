package dev.fjord.plan;

import static dev.fjord.plan.Worlds.instance;
import static dev.fjord.plan.Worlds.name;
import static dev.fjord.plan.Worlds.site;
import static dev.fjord.plan.Worlds.target;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.host.simulated.SimulatedHost;
import dev.fjord.model.Instance;
import dev.fjord.model.StartOrder;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
