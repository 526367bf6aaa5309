package dev.fjord.planner;

import static dev.fjord.planner.Edited.memory;
import static dev.fjord.planner.Edited.network;
import static dev.fjord.planner.Edited.onImageChange;
import static dev.fjord.planner.Edited.power;
import static dev.fjord.planner.Edited.restart;
import static dev.fjord.planner.Worlds.instance;
import static dev.fjord.planner.Worlds.name;
import static dev.fjord.planner.Worlds.site;
import static dev.fjord.planner.Worlds.target;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.fjord.apply.Applier;
import dev.fjord.apply.ApplyListener;
import dev.fjord.host.simulated.SimulatedHost;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Contest;
import dev.fjord.model.Contested;
import dev.fjord.model.Desired;
import dev.fjord.model.Image;
import dev.fjord.model.ImageChangePolicy;
import dev.fjord.model.ImageVersion;
import dev.fjord.model.Instance;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.KernelInvocation;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedDisks;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.Owner;
import dev.fjord.model.Power;
import dev.fjord.model.RestartPolicy;
import dev.fjord.model.RunningKernel;
import dev.fjord.model.Starts;
import dev.fjord.model.Upkeep;
import dev.fjord.model.Volume;
import dev.fjord.model.Window;
import dev.fjord.plan.Action;
import dev.fjord.plan.Cause;
import dev.fjord.plan.Change;
import dev.fjord.plan.ChangedVersion;
import dev.fjord.plan.Disruption;
import dev.fjord.plan.FieldChange;
import dev.fjord.plan.Kind;
import dev.fjord.plan.Plan;
import dev.fjord.plan.PlanFixtures;
import dev.fjord.plan.Refusal;
import dev.fjord.plan.Step;
import dev.fjord.plan.Target;
import dev.fjord.plan.Waiting;
import dev.fjord.planner.network.FilterChanges;
import dev.fjord.planner.store.UnusedVersion;
import dev.fjord.problem.Problem;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What plans hold back, and what they leave alone. */
public class PlannerTest {
  private SimulatedHost host = new SimulatedHost(Worlds.LAYOUT);
  private final ExecutorService threads = Executors.newSingleThreadExecutor();

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  @Test
  void a_revision_that_removes_more_than_the_budget_removes_nothing() throws Exception {
    apply(site(instance("a", "linda"), instance("b", "linda"), instance("c", "bob")));

    Plan plan = plan(site());

    assertThat(ids(plan)).isEmpty();
    assertThat(plan.refused())
        .singleElement()
        .satisfies(refusal -> {
          assertThat(refusal.guard()).isEqualTo("deletion-budget");
          assertThat(refusal.summary())
              .contains("would remove 3 instances (a, b, c)")
              .contains("the Site allows 2 at once; nothing is removed");
          assertThat(refusal.hint()).contains("'Fjord-Allow-Deletes: 3'");
        });
  }

  @Test
  void a_trailer_allows_what_the_budget_does_not() throws Exception {
    apply(site(instance("a", "linda"), instance("b", "linda"), instance("c", "bob")));

    assertThat(ids(Planner.plan(site(), List.of(), host.observe(), target("2", 3))))
        .containsExactly(
            "delete/instance/a", "delete/instance/b", "delete/instance/c", FilterChanges.ID);
  }

  @Test
  void volumes_count_against_the_budget_too() throws Exception {
    Instance[] three = {instance("a", ""), instance("b", ""), instance("c", "")};
    apply(site(three));
    List<Instance> bare = new ArrayList<>();
    for (Instance one : three) {
      bare.add(one.withDisks(one.image(), List.of()));
    }

    Plan plan = plan(site(bare, "1"));

    assertThat(ids(plan)).isEmpty();
    assertThat(plan.refused()).extracting(Refusal::guard).containsExactly("deletion-budget");
  }

  @Test
  void a_held_partner_stays_as_recorded_and_is_still_started_when_dead() throws Exception {
    apply(site(instance("a", "linda"), instance("b", "bob")));
    host.kill(name("a"));
    Desired without = held(site(memory(instance("b", "bob"), 256)), Owner.partner(name("linda")));

    Plan plan = plan(without);

    assertThat(ids(plan)).containsExactlyInAnyOrder("start/instance/a", "restart/instance/b");
    assertThat(plan.changes().stream().filter(c -> c.name().equals(name("a"))))
        .allMatch(change -> change.cause() == Cause.CORRECTIVE);
  }

  @Test
  void of_two_claims_to_a_name_the_incumbents_is_served() throws Exception {
    apply(site(instance("web", "linda")));
    Instance lindas = memory(instance("web", "linda"), 256);
    Desired contested = contested(site(), lindas, instance("web", "bob"));

    assertThat(plan(contested).changes())
        .singleElement()
        .satisfies(change -> {
          assertThat(change.id()).isEqualTo("restart/instance/web");
          assertThat(change.owner()).isEqualTo(Owner.partner(name("linda")));
        });
  }

  @Test
  void of_two_claims_to_a_free_name_none_is_served() {
    Desired contested = contested(site(), instance("web", "linda"), instance("web", "bob"));

    assertThat(ids(plan(contested))).noneMatch(id -> id.endsWith("instance/web"));
  }

  @Test
  void an_address_that_somebody_holds_is_refused_to_a_newcomer() throws Exception {
    apply(site(instance("a", "linda")));
    Ipv4Address held = host.observe().instances().get(0).record().leases().get(0).address();
    Instance thief = network(instance("b", "bob"), ModelFixtures.nic(name("lan"), held));

    Plan plan = plan(site(instance("a", "linda"), thief));

    assertThat(ids(plan)).isEmpty();
    assertThat(plan.refused())
        .singleElement()
        .satisfies(refusal -> {
          assertThat(refusal.guard()).isEqualTo("addresses");
          assertThat(refusal.summary())
              .isEqualTo(
                  "instance b: address "
                      + held
                      + " on switch lan is held by instance a of"
                      + " partner linda");
        });
  }

  @Test
  void an_instance_without_a_readable_record_keeps_the_address_its_kernel_answers_on()
      throws Exception {
    apply(site(instance("a", "linda")));
    Observed seen =
        each(
            host.observe(),
            one ->
                ModelFixtures.observedInstance(
                    one.name(),
                    null,
                    one.disks(),
                    one.kernel(),
                    one.starts(),
                    Problem.of("x", "unreadable")));
    Ipv4Address held = host.observe().instances().get(0).record().leases().get(0).address();

    Plan plan =
        Planner.plan(
            site(instance("a", "linda"), instance("b", "bob")), List.of(), seen, target("2", 0));

    assertThat(ids(plan)).noneMatch(id -> id.endsWith("/a"));
    assertThat(created(plan, "b").leases().get(0).address()).isNotEqualTo(held);
  }

  @Test
  void somebody_elses_bridge_is_left_alone_and_its_instances_are_not_started() {
    host.addForeignBridge(new InterfaceName("fj-lan"));

    Plan plan = plan(site(instance("a", "linda")));

    assertThat(ids(plan)).contains("create/instance/a").doesNotContain("start/instance/a");
    assertThat(ids(plan)).noneMatch(id -> id.endsWith("switch/lan"));
    assertThat(plan.refused()).extracting(Refusal::guard).containsExactly("foreign-bridge");
  }

  @Test
  void a_restart_waits_for_the_window_or_the_next_start() throws Exception {
    Instance window = restart(instance("a", ""), RestartPolicy.WINDOW);
    Instance next = restart(instance("b", ""), RestartPolicy.NEXT_START);
    apply(site(window, next));
    Desired desired = site(memory(window, 256), memory(next, 256));

    Plan closed = plan(desired);
    assertThat(ids(closed)).isEmpty();
    assertThat(closed.waiting())
        .extracting(waiting -> waiting.instance() + " " + waiting.until())
        .containsExactly("a WINDOW", "b NEXT_START");
    assertThat(closed.waiting().get(0).fields())
        .containsExactly(new FieldChange("memory", "128MiB", "256MiB"));

    assertThat(ids(plan(openNow(desired)))).containsExactly("restart/instance/a");
  }

  @Test
  void a_command_line_that_says_the_same_in_other_words_restarts_nobody() throws Exception {
    apply(site(instance("a", "linda")));
    Observed reworded =
        each(
            host.observe(),
            one -> {
              RunningKernel kernel = one.kernel();
              List<String> words = new ArrayList<>(kernel.boot().arguments());
              words.replaceAll(word -> word.equals("mem=128M") ? "mem=131072K" : word);
              words.remove("quiet");
              words.add("newer=option");
              return with(
                  one,
                  ModelFixtures.runningKernel(
                      kernel.pid(), new KernelInvocation(kernel.boot().binary(), words), false));
            });

    Plan plan = Planner.plan(site(instance("a", "linda")), List.of(), reworded, target("2", 0));

    assertThat(plan.changes()).isEmpty();
  }

  @Test
  void what_a_kernel_really_runs_with_counts_not_what_was_applied() throws Exception {
    apply(site(instance("a", "linda")));
    Observed drifted =
        each(
            host.observe(),
            one -> {
              List<String> words = new ArrayList<>(one.kernel().boot().arguments());
              words.replaceAll(word -> word.equals("mem=128M") ? "mem=64M" : word);
              return with(
                  one,
                  ModelFixtures.runningKernel(
                      1, new KernelInvocation(one.kernel().boot().binary(), words), false));
            });

    assertThat(
            Planner.plan(site(instance("a", "linda")), List.of(), drifted, target("2", 0))
                .changes())
        .singleElement()
        .satisfies(change -> {
          assertThat(change.action()).isEqualTo(Action.RESTART);
          assertThat(change.cause()).isEqualTo(Cause.CORRECTIVE);
          assertThat(change.fields()).containsExactly(new FieldChange("memory", "64MiB", "128MiB"));
        });
  }

  @Test
  void a_root_that_is_gone_is_never_made_anew() throws Exception {
    apply(site(instance("a", "linda")));
    host.kill(name("a"));
    Observed lost =
        each(
            host.observe(),
            one ->
                ModelFixtures.observedInstance(
                    one.name(),
                    one.record(),
                    new ObservedDisks(null, one.disks().swap(), one.disks().volumes()),
                    null,
                    Starts.NONE,
                    null));

    Plan plan = Planner.plan(site(instance("a", "linda")), List.of(), lost, target("2", 0));

    assertThat(plan.changes()).isEmpty();
    assertThat(plan.refused())
        .singleElement()
        .satisfies(refusal -> {
          assertThat(refusal.guard()).isEqualTo("disk-lost");
          assertThat(refusal.summary()).contains("root.cow is missing");
        });
  }

  @Test
  void a_kernel_that_keeps_dying_waits() throws Exception {
    apply(site(instance("a", "linda")));
    host.kill(name("a"));
    Observed dying =
        each(
            host.observe(),
            one ->
                ModelFixtures.observedInstance(
                    one.name(),
                    one.record(),
                    one.disks(),
                    null,
                    new Starts(3, Instant.EPOCH.plusSeconds(20)),
                    null));

    Plan plan = Planner.plan(site(instance("a", "linda")), List.of(), dying, target("2", 0));

    assertThat(plan.changes()).isEmpty();
    assertThat(plan.waiting())
        .singleElement()
        .satisfies(waiting -> {
          assertThat(waiting.until()).isEqualTo(Waiting.Until.BACKOFF);
          assertThat(waiting.summary()).contains("ended 3 times").contains("1970-01-01T00:00:20Z");
        });
  }

  @Test
  void instances_that_do_not_fit_are_refused_and_the_others_made() {
    Plan plan = plan(site(memory(instance("a", ""), 20_000), memory(instance("b", ""), 4_000)));

    assertThat(ids(plan)).contains("create/instance/a").doesNotContain("create/instance/b");
    assertThat(plan.refused())
        .singleElement()
        .satisfies(refusal -> {
          assertThat(refusal.guard()).isEqualTo("capacity");
          assertThat(refusal.summary()).startsWith("instance b wants 4000MiB of memory");
        });
  }

  @Test
  void a_new_version_of_an_image_replaces_the_root_where_the_document_says_so() throws Exception {
    Instance kept = instance("a", "linda");
    Instance replaced = replacing(instance("b", "linda"));
    apply(site(List.of(kept, replaced), "1"));

    Plan plan = plan(site(List.of(kept, replaced), "2"));

    Change restart =
        plan.changes().stream()
            .filter(change -> change.id().equals("restart/instance/b"))
            .findFirst()
            .orElseThrow();
    String now = Worlds.image("2").version().brief();
    assertThat(restart.disruption()).isEqualTo(Disruption.DATA);
    assertThat(restart.reason())
        .isEqualTo(
            "its document changed: image, kernel; its root goes to the trash, for one on tiny@"
                + now
                + " ('onImageChange: replace'); its volumes stay");
    assertThat(restart.requires()).contains("create/image/tiny@" + now);
    assertThat(restart.fields())
        .contains(
            new FieldChange("image", "tiny@" + Worlds.image("1").version().brief(), "tiny@" + now));
    assertThat(plan.changes())
        .filteredOn(change -> change.id().endsWith("instance/a"))
        .allSatisfy(
            change -> assertThat(change.fields()).noneMatch(field -> field.path().equals("image")));
  }

  @Test
  void a_volume_that_an_interrupted_run_made_keeps_its_size_and_stops_nobody() throws Exception {
    Instance bare = instance("a", "linda").withDisks(name("tiny"), List.of());
    apply(site(bare));
    var mail = name("mail");
    Observed seen =
        each(
            host.observe(),
            one ->
                ModelFixtures.observedInstance(
                    one.name(),
                    one.record(),
                    new ObservedDisks(
                        one.disks().rootBacking(),
                        one.disks().swap(),
                        Map.of(mail, ByteSize.gib(2))),
                    one.kernel(),
                    one.starts(),
                    null));
    Instance other = bare.withDisks(name("tiny"), List.of(new Volume(mail, ByteSize.gib(1))));

    Plan plan = Planner.plan(site(other), List.of(), seen, target("2", 0));

    assertThat(plan.refused())
        .singleElement()
        .satisfies(refusal ->
            assertThat(refusal.summary())
                .isEqualTo(
                    "volume mail of instance a has 2GiB and is never made smaller; it is not made"
                        + " 1GiB"));
    assertThat(ids(plan)).containsExactly("restart/instance/a");
    Step.RestartInstance restart = (Step.RestartInstance) plan.changes().get(0).step();
    assertThat(restart.record().applied().volumes())
        .containsExactly(new Volume(mail, ByteSize.gib(2)));
  }

  @Test
  void a_volume_that_left_before_a_run_was_ended_is_not_lost() throws Exception {
    apply(site(instance("a", "linda")));
    host.kill(name("a"));
    Observed seen =
        each(
            host.observe(),
            one ->
                ModelFixtures.observedInstance(
                    one.name(),
                    one.record(),
                    new ObservedDisks(one.disks().rootBacking(), one.disks().swap(), Map.of()),
                    null,
                    one.starts(),
                    null));
    Desired without = site(instance("a", "linda").withDisks(name("tiny"), List.of()));

    Plan goesOn = Planner.plan(without, List.of(), seen, target("2", 1));
    assertThat(goesOn.refused()).isEmpty();
    assertThat(ids(goesOn)).containsExactly("update/instance/a", "start/instance/a");

    Plan lost = Planner.plan(site(instance("a", "linda")), List.of(), seen, target("2", 1));
    assertThat(ids(lost)).isEmpty();
    assertThat(lost.refused()).extracting(Refusal::guard).containsExactly("disk-lost");
  }

  @Test
  void an_interrupted_replacement_goes_on() throws Exception {
    Instance replaced = replacing(instance("b", "linda"));
    apply(site(List.of(replaced), "1"));
    Desired second = site(List.of(replaced), "2");
    Set<Long> before = host.bytes().keySet();
    for (int at = 0; at < 12; at++) {
      int stop = at;
      host.failAt(n -> n >= stop);
      new Applier(host, threads, () -> false).apply(plan(second), ApplyListener.NONE);
      host.failAt(n -> false);
    }
    apply(second);
    assertThat(host.bytes().keySet()).containsAll(before);
    assertThat(plan(second).changes()).isEmpty();
    assertThat(host.observe().instances().get(0).record().base())
        .isEqualTo(Worlds.image("2").version());
    assertThat(plan(second).refused()).isEmpty();
  }

  @Test
  void a_replacement_that_was_ended_is_taken_back_with_the_commit() throws Exception {
    Instance replaced = replacing(instance("b", "linda"));
    for (int at = 0; at < 12; at++) {
      host = new SimulatedHost(Worlds.LAYOUT);
      apply(site(List.of(replaced), "1"));
      Set<Long> before = host.bytes().keySet();
      int stop = at;
      host.failAt(n -> n >= stop);
      new Applier(host, threads, () -> false)
          .apply(plan(site(List.of(replaced), "2")), ApplyListener.NONE);
      host.failAt(n -> false);
      Desired back = site(List.of(onImageChange(replaced, ImageChangePolicy.KEEP)), "1");
      apply(back);
      assertThat(plan(back).refused()).as("ended at %s", at).isEmpty();
      assertThat(plan(back).changes()).isEmpty();
      assertThat(host.observe().instances().get(0).disks().rootBacking())
          .isEqualTo(Worlds.LAYOUT.image(name("tiny"), recordOf("b").base()));
      assertThat(host.bytes().keySet()).containsAll(before);
    }
  }

  @Test
  void a_root_is_carried_over_where_the_document_says_so() throws Exception {
    Instance rebased = rebasing(instance("b", "linda"));
    apply(site(List.of(rebased), "1"));
    Desired second = site(List.of(rebased), "2");

    Plan plan = plan(second);

    Change restart = change(plan, "restart/instance/b");
    String was = "tiny@" + Worlds.image("1").version().brief();
    String now = "tiny@" + Worlds.image("2").version().brief();
    assertThat(restart.disruption()).isEqualTo(Disruption.RESTART);
    assertThat(restart.cause()).isEqualTo(Cause.INTENDED);
    assertThat(restart.reason())
        .isEqualTo(
            "its root is carried over from "
                + was
                + " to "
                + now
                + " ('onImageChange: rebase'): its own files are kept, the old root goes to the"
                + " trash; its volumes stay");
    assertThat(restart.requires()).contains("create/image/" + now);
    assertThat(restart.fields()).contains(new FieldChange("image", was, now));
    apply(second);
    assertThat(plan(second).changes()).isEmpty();
    assertThat(recordOf("b").rebase()).isNull();
    assertThat(recordOf("b").base()).isEqualTo(Worlds.image("2").version());
  }

  @Test
  void who_does_not_come_up_on_the_new_version_is_put_back_and_stays_until_something_changes()
      throws Exception {
    Instance rebased = rebasing(instance("b", "linda"));
    apply(site(List.of(rebased), "1"));
    var first = host.bytes();
    Image image = Worlds.image("2");
    host.spoil(new ImageVersion(image.name(), image.version()));
    Desired second = site(List.of(rebased), "2");
    new Applier(host, threads, () -> false).apply(plan(second), ApplyListener.NONE);

    Plan back = plan(second);

    assertThat(back.changes())
        .extracting(Change::id, Change::cause)
        .containsExactly(
            tuple("update/instance/b", Cause.ROLLBACK), tuple("start/instance/b", Cause.ROLLBACK));
    assertThat(back.changes().get(0).reason())
        .isEqualTo(
            "it did not work on tiny@"
                + image.version().brief()
                + ": it is unhealthy; its root on tiny@"
                + Worlds.image("1").version().brief()
                + " comes back from the trash");
    assertThat(back.changes()).noneMatch(c -> c.disruption() == Disruption.DATA);
    apply(second);
    assertThat(host.bytes()).containsAllEntriesOf(first);
    Plan stays = plan(second);
    assertThat(stays.changes()).isEmpty();
    assertThat(stays.refused())
        .singleElement()
        .satisfies(refusal -> {
          assertThat(refusal.guard()).isEqualTo("image-rebase");
          assertThat(refusal.summary()).contains("stays on tiny@").contains("it is unhealthy");
        });

    Desired third = site(List.of(rebased), "3");
    assertThat(ids(plan(third))).contains("restart/instance/b");
    apply(third);
    assertThat(plan(third).refused()).isEmpty();
    assertThat(recordOf("b").base()).isEqualTo(Worlds.image("3").version());
  }

  @Test
  void a_stopped_instance_is_carried_over_when_it_is_started_next() throws Exception {
    Instance stopped = power(rebasing(instance("b", "linda")), Power.STOPPED);
    apply(site(List.of(stopped), "1"));
    Desired second = site(List.of(stopped), "2");
    assertThat(ids(plan(second))).doesNotContain("start/instance/b");
    assertThat(plan(second).waiting())
        .singleElement()
        .satisfies(waiting -> assertThat(waiting.summary()).contains("when it is started next"));
    apply(second);
    assertThat(recordOf("b").base()).isEqualTo(Worlds.image("1").version());
    apply(site(List.of(power(stopped, Power.RUNNING)), "2"));
    assertThat(recordOf("b").base()).isEqualTo(Worlds.image("2").version());
  }

  @Test
  void a_rebase_that_was_ended_anywhere_goes_on_or_back() throws Exception {
    Instance rebased = rebasing(instance("b", "linda"));
    for (int at = 0; at < 14; at++) {
      for (String then : List.of("1", "2")) {
        host = new SimulatedHost(Worlds.LAYOUT);
        apply(site(List.of(rebased), "1"));
        Set<Long> before = host.bytes().keySet();
        int stop = at;
        host.failAt(n -> n >= stop);
        new Applier(host, threads, () -> false)
            .apply(plan(site(List.of(rebased), "2")), ApplyListener.NONE);
        host.failAt(n -> false);
        apply(site(List.of(rebased), then));
        assertThat(plan(site(List.of(rebased), then)).changes()).as("ended at %s", at).isEmpty();
        assertThat(plan(site(List.of(rebased), then)).refused()).isEmpty();
        assertThat(recordOf("b").base()).isEqualTo(Worlds.image(then).version());
        assertThat(host.observe().instances().get(0).disks().rootBacking())
            .isEqualTo(Worlds.LAYOUT.image(name("tiny"), Worlds.image(then).version()));
        assertThat(host.bytes().keySet()).containsAll(before);
      }
    }
  }

  @Test
  void a_changed_image_blocks_starts_names_everybody_and_leaves_those_that_run() throws Exception {
    apply(site(instance("a", "linda"), instance("b", "bob"), instance("c", "bob")));
    apply(site(instance("a", "linda"), instance("b", "bob")));
    host.meddle(Worlds.image("1").version(), upkeep(Upkeep.Content.CHANGED, false));
    host.kill(name("a"));

    Plan plan = plan(site(instance("a", "linda"), instance("b", "bob"), instance("d", "bob")));

    assertThat(ids(plan)).isEmpty();
    String tiny = "tiny@" + Worlds.image("1").version().brief();
    assertThat(plan.refused()).extracting(Refusal::guard).containsExactly("image-changed");
    assertThat(plan.refused().get(0).hint())
        .isEqualTo("'fjord repair image/" + tiny + "' stores it again from its source.");
    assertThat(plan.problems())
        .singleElement()
        .satisfies(alarm -> {
          assertThat(alarm.code()).isEqualTo("image-changed");
          assertThat(alarm.summary())
              .isEqualTo("image " + tiny + " in the store is not what was stored");
          assertThat(alarm.detail())
              .matches("meddled with\nstanding on it: a, b, trash/[0-9TZ]+-c");
          assertThat(alarm.hint())
              .contains("None of them is started until it is repaired; those that run go on.")
              .contains("'fjord repair image/" + tiny + "'");
        });
  }

  @Test
  void a_changed_kernel_is_never_started() throws Exception {
    apply(site(instance("a", "linda")));
    host.meddle(Worlds.kernel("1").sha256(), upkeep(Upkeep.Content.CHANGED, false));
    host.kill(name("a"));

    Plan plan = plan(site(instance("a", "linda")));

    assertThat(ids(plan)).isEmpty();
    assertThat(plan.refused()).extracting(Refusal::guard).containsExactly("kernel-changed");
  }

  @Test
  void a_changed_image_that_was_built_has_no_source_to_repair_it_from() throws Exception {
    Desired desired = site(List.of(instance("a", "linda")), "2");
    apply(desired);
    host.meddle(Worlds.image("2").version(), upkeep(Upkeep.Content.CHANGED, true));
    host.kill(name("a"));

    Plan plan = plan(desired);

    assertThat(ids(plan)).isEmpty();
    assertThat(plan.refused()).extracting(Refusal::guard).containsExactly("image-changed");
    assertThat(plan.refused().get(0).hint()).isEqualTo(ChangedVersion.BUILT_HINT);
    assertThat(plan.problems().get(0).hint())
        .endsWith("whether the disk fails. " + ChangedVersion.BUILT_HINT);
  }

  @Test
  void what_was_told_to_be_repaired_is_replaced_before_anybody_starts() throws Exception {
    apply(site(instance("a", "linda")));
    host.meddle(Worlds.image("1").version(), upkeep(Upkeep.Content.CHANGED, true));
    host.kill(name("a"));

    Plan plan = plan(site(instance("a", "linda")));

    String replace = "replace/image/tiny@" + Worlds.image("1").version().brief();
    assertThat(ids(plan)).containsExactly(replace, "start/instance/a");
    assertThat(plan.changes().get(1).requires()).contains(replace);
    assertThat(plan.refused()).isEmpty();
  }

  @Test
  void a_changed_version_that_is_not_declared_any_more_says_what_to_declare() throws Exception {
    apply(site(instance("a", "linda")));
    host.meddle(Worlds.image("1").version(), upkeep(Upkeep.Content.CHANGED, true));

    Plan plan = plan(site(List.of(instance("a", "linda")), "2"));

    assertThat(plan.refused())
        .filteredOn(refusal -> refusal.guard().equals("image-changed"))
        .singleElement()
        .satisfies(refusal ->
            assertThat(refusal.hint())
                .contains(
                    "declare image tiny with 'sha256: \"" + Worlds.image("1").version() + "\"'"));
    assertThat(ids(plan)).noneMatch(id -> id.startsWith("replace/"));
  }

  @Test
  void a_touched_image_is_mended_before_anybody_starts_and_says_why() throws Exception {
    apply(site(instance("a", "linda")));
    host.meddle(Worlds.image("1").version(), upkeep(Upkeep.Content.TOUCHED, false));
    host.kill(name("a"));

    Plan plan = plan(site(instance("a", "linda")));

    Change mend = plan.changes().get(0);
    assertThat(mend.id())
        .isEqualTo("update/image/tiny@" + Worlds.image("1").version().brief() + "/sealed");
    assertThat(mend.cause()).isEqualTo(Cause.CORRECTIVE);
    assertThat(mend.reason())
        .isEqualTo(
            "it was touched (meddled with); it is read, and mended when its digest is right");
    assertThat(plan.changes().get(1).requires()).contains(mend.id());
  }

  @Test
  void a_version_leaves_when_nothing_stood_on_it_for_as_long_as_the_site_says() throws Exception {
    apply(site(instance("a", "linda")));
    apply(site()); // It goes to the trash, and still stands on version 1.
    Desired second = site(List.of(), "2");
    apply(second);
    assertThat(UnusedVersion.in(second, host.observe()))
        .containsExactly(new Step.Version(Kind.KERNEL, name("uml"), Worlds.kernel("1").sha256()));
    host.noteUnused(UnusedVersion.in(second, host.observe()));

    host.letPass(Duration.ofDays(7).minusSeconds(1));
    assertThat(ids(plan(second))).isEmpty();
    host.letPass(Duration.ofSeconds(1));
    String delete = "delete/kernel/uml@" + Worlds.kernel("1").sha256().brief();
    assertThat(plan(second).changes())
        .singleElement()
        .satisfies(change -> {
          assertThat(change.id()).isEqualTo(delete);
          assertThat(change.disruption()).isEqualTo(Disruption.NONE);
          assertThat(change.reason())
              .isEqualTo(
                  "no document declares it, and nothing stands on it since 1970-01-01T00:00:00Z;"
                      + " its binary goes");
        });
    assertThat(ids(plan(site()))).as("declared again, it stays").isEmpty();
  }

  @Test
  void nothing_is_unused_while_a_record_cannot_be_read() throws Exception {
    apply(site());
    Observed seen = host.observe();
    ObservedInstance unread =
        ModelFixtures.observedInstance(
            name("a"), null, new ObservedDisks(null, null, Map.of()), null, Starts.NONE, null);
    Upkeep old = new Upkeep(Upkeep.Content.WHOLE, "", Instant.EPOCH, false);
    host.meddle(Worlds.image("1").version(), old);
    host.letPass(Duration.ofDays(99));
    Observed blind =
        ModelFixtures.observed(
            seen.layout(),
            host.observe().at(),
            host.observe().kernels(),
            host.observe().images(),
            seen.bridges(),
            seen.ports(),
            List.of(unread),
            seen.trash(),
            seen.problems());
    Desired second = site(List.of(), "2");

    assertThat(UnusedVersion.in(second, blind)).isNull();
    assertThat(ids(Planner.plan(second, List.of(), blind, target("2", 0))))
        .noneMatch(id -> id.startsWith("delete/"));
    assertThat(ids(plan(second))).anyMatch(id -> id.startsWith("delete/image/tiny@"));
  }

  private static Upkeep upkeep(Upkeep.Content content, boolean repairAsked) {
    return new Upkeep(content, "meddled with", null, repairAsked);
  }

  @Test
  void a_machine_that_the_repository_does_not_know_changes_nothing() throws Exception {
    apply(site(instance("a", "linda")));
    Target other = PlanFixtures.target(name("elsewhere"), "2", 0);

    Plan plan = Planner.plan(site(), List.of(), host.observe(), other);

    assertThat(plan.changes()).isEmpty();
    assertThat(plan.refused())
        .singleElement()
        .satisfies(
            refusal -> assertThat(refusal.summary()).contains("this machine is host elsewhere"));
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

  private static InstanceRecord created(Plan plan, String name) {
    return plan.changes().stream()
        .filter(change -> change.name().equals(name(name)))
        .map(Change::step)
        .filter(Step.CreateInstance.class::isInstance)
        .map(step -> ((Step.CreateInstance) step).record())
        .findFirst()
        .orElseThrow();
  }

  private static Observed each(Observed o, UnaryOperator<ObservedInstance> change) {
    return ModelFixtures.observed(
        o.layout(),
        o.at(),
        o.kernels(),
        o.images(),
        o.bridges(),
        o.ports(),
        o.instances().stream().map(change).toList(),
        o.trash(),
        o.trashedRoots(),
        o.trashUse(),
        o.filters(),
        o.daemons(),
        o.names(),
        o.ailments(),
        o.problems());
  }

  private static ObservedInstance with(ObservedInstance one, RunningKernel kernel) {
    return ModelFixtures.observedInstance(
        one.name(), one.record(), one.disks(), kernel, one.starts(), one.fault());
  }

  private InstanceRecord recordOf(String name) {
    return host.observe().instances().stream()
        .filter(one -> one.name().value().equals(name))
        .map(ObservedInstance::record)
        .findFirst()
        .orElseThrow();
  }

  private static Change change(Plan plan, String id) {
    return plan.changes().stream().filter(c -> c.id().equals(id)).findFirst().orElseThrow();
  }

  private static Instance replacing(Instance i) {
    return onImageChange(i, ImageChangePolicy.REPLACE);
  }

  private static Instance rebasing(Instance i) {
    return onImageChange(i, ImageChangePolicy.REBASE);
  }

  public static Desired held(Desired d, Owner owner) {
    return ModelFixtures.desired(
        d.site(),
        d.hosts(),
        d.kernels(),
        d.images(),
        d.switches(),
        d.partners(),
        d.instances(),
        Set.of(owner),
        d.contests());
  }

  private static Desired contested(Desired d, Instance... claims) {
    Contested over = new Contested.Name(claims[0].name());
    Contest contest = new Contest(over, List.of(claims), Problem.of("duplicate-name", "both"));
    return ModelFixtures.desired(
        d.site(),
        d.hosts(),
        d.kernels(),
        d.images(),
        d.switches(),
        d.partners(),
        d.instances(),
        d.held(),
        List.of(contest));
  }

  private static Desired openNow(Desired d) {
    // The simulated host looks at the clock at 1970-01-01, a Thursday, 00:00 UTC.
    Window window =
        new Window(
            Set.of(DayOfWeek.THURSDAY), LocalTime.MIDNIGHT, LocalTime.of(5, 0), ZoneOffset.UTC);
    return ModelFixtures.desired(
        ModelFixtures.site(d.site().deletionBudget(), List.of(window)),
        d.hosts(),
        d.kernels(),
        d.images(),
        d.switches(),
        d.partners(),
        d.instances(),
        d.held(),
        d.contests());
  }
}
