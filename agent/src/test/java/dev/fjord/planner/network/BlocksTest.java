package dev.fjord.planner.network;

import static dev.fjord.planner.Worlds.instance;
import static dev.fjord.planner.Worlds.name;
import static dev.fjord.planner.Worlds.target;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.apply.Applier;
import dev.fjord.apply.ApplyListener;
import dev.fjord.host.HostPort;
import dev.fjord.host.simulated.SimulatedHost;
import dev.fjord.model.Desired;
import dev.fjord.model.Instance;
import dev.fjord.model.IpPrefix;
import dev.fjord.model.Nic;
import dev.fjord.model.ObservedBridge;
import dev.fjord.plan.Cause;
import dev.fjord.plan.Change;
import dev.fjord.plan.FieldChange;
import dev.fjord.plan.Kind;
import dev.fjord.plan.Plan;
import dev.fjord.plan.Refusal;
import dev.fjord.plan.Step;
import dev.fjord.planner.Planner;
import dev.fjord.planner.Worlds;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is behind instances: who has it, and when the host routes it there. */
class BlocksTest {
  private static final String BLOCK = "198.51.100.192/28";

  private final SimulatedHost host = new SimulatedHost(Worlds.LAYOUT);
  private final ExecutorService threads = Executors.newSingleThreadExecutor();

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  @Test
  void a_route_comes_after_the_filter_and_the_switch_and_goes_with_the_document() throws Exception {
    var first = plan(Worlds.site(before("linda", BLOCK)));
    assertThat(first.changes())
        .filteredOn(change -> change.kind() == Kind.ROUTE)
        .singleElement()
        .satisfies(change -> {
          assertThat(change.id()).isEqualTo("update/route/blocks");
          assertThat(change.requires()).contains("update/filter/fjord", "create/switch/lan");
          assertThat(change.fields())
              .containsExactly(new FieldChange(BLOCK, null, "via 192.0.2.3 on fj-lan"));
          assertThat(change.cause()).isEqualTo(Cause.INTENDED);
        });
    apply(Worlds.site(before("linda", BLOCK)));
    assertThat(routes()).containsExactly(BLOCK + " via 192.0.2.3 on fj-lan");

    // Another block is no restart.
    var more = plan(Worlds.site(before("linda", BLOCK, "198.51.100.208/28")));
    assertThat(more.changes())
        .extracting(Change::id)
        .containsExactlyInAnyOrder(
            "update/filter/fjord", "update/instance/linda", "update/route/blocks");
    apply(Worlds.site(before("linda")));
    assertThat(routes()).isEmpty();
  }

  @Test
  void routes_that_somebody_removed_are_drift() throws Exception {
    var site = Worlds.site(before("linda", BLOCK));
    apply(site);
    host.perform(new Step.SetRoutes(List.of()), HostPort.Progress.SILENT);

    var plan = plan(site);

    assertThat(plan.changes()).extracting(Change::id).containsExactly("update/route/blocks");
    assertThat(plan.changes().get(0).cause()).isEqualTo(Cause.CORRECTIVE);
  }

  @Test
  void a_block_is_behind_one_instance_and_who_has_it_keeps_it() throws Exception {
    apply(Worlds.site(before("linda", BLOCK)));

    var both = plan(Worlds.site(before("bob", "198.51.100.192/29"), before("linda", BLOCK)));
    assertThat(both.refused())
        .extracting(Refusal::summary)
        .containsExactly(
            "instance bob: 198.51.100.192/29 is behind instance linda of partner linda, which has "
                + BLOCK);

    // Who gives it up has it as long as that waits; then it is the other's.
    var moved = Worlds.site(before("bob", BLOCK), before("linda"));
    apply(moved);
    assertThat(routes()).singleElement().asString().startsWith(BLOCK + " via ");
    assertThat(host.observe().filters().inForce().ports())
        .filteredOn(port -> !port.prefixes().isEmpty())
        .extracting(port -> port.instance().toString())
        .containsExactly("bob");
  }

  private static Instance before(String name, String... blocks) {
    var prefixes = Stream.of(blocks).map(IpPrefix::parse).toList();
    return instance(name, "linda")
        .withNetwork(
            List.of(new Nic(name("lan"), null, null, null, List.of(), false, List.of(), prefixes)));
  }

  private List<String> routes() {
    return host.observe().bridges().stream()
        .map(ObservedBridge::routing)
        .flatMap(routing -> routing.routes().stream())
        .map(Object::toString)
        .toList();
  }

  private Plan plan(Desired desired) {
    return Planner.plan(desired, List.of(), host.observe(), target("1", 100));
  }

  private void apply(Desired desired) throws Exception {
    Plan plan = plan(desired);
    assertThat(plan.refused()).isEmpty();
    new Applier(host, threads, () -> false).apply(plan, ApplyListener.NONE);
    assertThat(plan(desired).changes()).isEmpty();
  }
}
