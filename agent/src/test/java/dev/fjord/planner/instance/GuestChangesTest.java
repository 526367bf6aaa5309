package dev.fjord.planner.instance;

import static dev.fjord.planner.Worlds.instance;
import static dev.fjord.planner.Worlds.site;
import static dev.fjord.planner.Worlds.target;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.apply.Applier;
import dev.fjord.apply.ApplyListener;
import dev.fjord.host.simulated.SimulatedHost;
import dev.fjord.model.Desired;
import dev.fjord.model.GuestSettings;
import dev.fjord.model.Instance;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.Observed;
import dev.fjord.plan.Change;
import dev.fjord.plan.FieldChange;
import dev.fjord.plan.Plan;
import dev.fjord.plan.Waiting;
import dev.fjord.planner.Edited;
import dev.fjord.planner.Planner;
import dev.fjord.planner.Worlds;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a change of what a guest is told at its start comes to. */
class GuestChangesTest {
  private static final Set<String> MODULES = Set.of("tun", "overlay", "nf_tables");

  private final SimulatedHost host = new SimulatedHost(Worlds.LAYOUT);
  private final ExecutorService threads = Executors.newSingleThreadExecutor();

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  @Test
  void a_time_zone_is_written_down_and_counts_from_the_next_start() throws Exception {
    apply(site(instance("a", "linda")));
    Desired berlin = site(told(new GuestSettings("Europe/Berlin", List.of())));

    Plan plan = plan(berlin);

    assertThat(plan.changes()).extracting(Change::id).containsExactly("update/instance/a");
    assertThat(plan.waiting())
        .singleElement()
        .satisfies(waiting -> {
          assertThat(waiting.until()).isEqualTo(Waiting.Until.NEXT_START);
          assertThat(waiting.summary())
              .isEqualTo(
                  "it is told of its time zone when it starts next, and is not restarted for that");
          assertThat(waiting.fields())
              .containsExactly(new FieldChange("timeZone", null, "Europe/Berlin"));
        });
    apply(plan);
    assertThat(plan(berlin).changes()).isEmpty();
    host.kill(Worlds.name("a"));
    apply(plan(berlin));
    assertThat(plan(berlin).waiting()).isEmpty();
    assertThat(host.observe().instances().get(0).kernel().boot().arguments())
        .contains("fjord.timezone=Europe/Berlin")
        .anyMatch(word -> word.endsWith("-plain-Europe+Berlin.cpio"));
  }

  @Test
  void other_modules_are_a_restart() throws Exception {
    apply(site(instance("a", "linda")));

    Plan plan = plan(site(told(new GuestSettings(null, List.of("tun", "overlay")))));

    assertThat(plan.changes())
        .singleElement()
        .satisfies(change -> {
          assertThat(change.id()).isEqualTo("restart/instance/a");
          assertThat(change.fields())
              .containsExactly(new FieldChange("modules", null, "tun, overlay"));
        });
    apply(plan);
    assertThat(host.observe().instances().get(0).kernel().boot().arguments())
        .contains("fjord.modules=d:tun,overlay")
        .anyMatch(word -> word.startsWith("ubd3rd=") && word.endsWith("/modules.img"));
    assertThat(plan(site(told(new GuestSettings(null, List.of("tun", "overlay"))))).changes())
        .isEmpty();
  }

  @Test
  void a_module_that_its_kernel_does_not_have_is_refused_and_the_machine_stays_as_it_is()
      throws Exception {
    apply(site(instance("a", "linda")));

    Plan plan = plan(site(told(new GuestSettings(null, List.of("tun", "nf_table")))));

    assertThat(plan.changes()).isEmpty();
    assertThat(plan.refused())
        .singleElement()
        .satisfies(refusal -> {
          assertThat(refusal.guard()).isEqualTo("modules");
          assertThat(refusal.summary())
              .startsWith("instance a asks for the module 'nf_table', and its kernel uml@")
              .endsWith(" has none of that name");
          assertThat(refusal.hint()).isEqualTo("did you mean 'nf_tables'?");
        });
  }

  @Test
  void a_kernel_without_modules_is_told_as_that() throws Exception {
    apply(site(instance("a", "linda")));
    Desired asks = site(told(new GuestSettings(null, List.of("tun"))));

    Plan plan = Planner.plan(asks, List.of(), host.observe(), target("2", 0));

    assertThat(plan.refused())
        .singleElement()
        .satisfies(refusal -> {
          assertThat(refusal.summary()).endsWith(" has no modules here");
          assertThat(refusal.hint()).startsWith("Take the kernel from its Debian package");
        });
  }

  private static Instance told(GuestSettings guest) {
    return Edited.guest(instance("a", "linda"), guest);
  }

  private Plan plan(Desired desired) {
    return Planner.plan(desired, List.of(), withModules(host.observe()), target("2", 0));
  }

  private static Observed withModules(Observed o) {
    return ModelFixtures.observed(
        o.layout(),
        o.at(),
        o.kernels().stream().map(kernel -> kernel.with(MODULES)).toList(),
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
        o.problems());
  }

  private void apply(Desired desired) throws InterruptedException {
    apply(plan(desired));
  }

  private void apply(Plan plan) throws InterruptedException {
    new Applier(host, threads, () -> false).apply(plan, ApplyListener.NONE);
  }
}
