package dev.fjord.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.apply.Applier;
import dev.fjord.apply.ApplyListener;
import dev.fjord.host.HostPort;
import dev.fjord.host.simulated.SimulatedHost;
import dev.fjord.load.Loader;
import dev.fjord.load.SignaturePolicies;
import dev.fjord.model.AgentSettings;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Layout;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import dev.fjord.model.RestartOrder;
import dev.fjord.plan.Cause;
import dev.fjord.plan.Change;
import dev.fjord.plan.Step;
import dev.fjord.problem.Problem;
import dev.fjord.process.Command;
import dev.fjord.source.Mirror;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs on a real Git repository and a simulated host. */
class ReconcilerTest {
  @TempDir private Path folder;
  private final ExecutorService threads = Executors.newFixedThreadPool(4);
  private Path work;
  private SimulatedHost host;
  private Mirror mirror;
  private Reconciler reconciler;

  @BeforeEach
  void begin() throws IOException {
    work = folder.resolve("work");
    Files.createDirectories(work);
    copy(Path.of("../examples/slart"), work);
    git("init", "-q", "-b", "main");
    push("first");
    Layout layout = Layout.of(folder.resolve("state").toString(), "/run/fjord-test");
    host = new SimulatedHost(layout);
    mirror = Mirror.open(settings(layout), SignaturePolicies::read);
    reconciler = reconciler(host);
  }

  @AfterEach
  void end() {
    mirror.close();
    threads.shutdownNow();
  }

  @Test
  void a_commit_becomes_running_instances_and_the_next_run_has_nothing_to_do() throws Exception {
    RunResult first = run();
    assertThat(first.converged()).isTrue();
    assertThat(running()).containsExactly("bob", "dns", "frank", "linda");

    RunResult second = run();
    assertThat(second.plan().changes()).isEmpty();
    assertThat(second.converged()).isTrue();
  }

  @Test
  void a_fault_for_everybody_leaves_the_last_revision_in_force_and_says_so() throws Exception {
    run();
    write("switches/lan.yaml", "apiVersion: fjord.dev/v1\nkind: Switch\nmetadata: {}\n");
    push("break the switch");
    host.kill(new ResourceName("linda"));

    RunResult result = run();

    assertThat(result.revision()).isNotEqualTo(result.desiredRevision());
    assertThat(result.converged()).isFalse();
    assertThat(result.plan().changes())
        .extracting(change -> change.id())
        .containsExactly("start/instance/linda");
    assertThat(result.plan().problems()).extracting(Problem::code).contains("revision-passed-over");
    assertThat(running()).containsExactly("bob", "dns", "frank", "linda");
  }

  /**
   * A partner is held from r2 on, so r2 never converges. A fault for everybody in r3 must fall back
   * to r2, not to r1, in which bob's second machine did not exist.
   */
  @Test
  void what_came_with_a_revision_that_never_converged_stays_too() throws Exception {
    run();
    write("partners/linda/linda.yaml", "kind: [");
    write(
        "partners/bob/second.yaml",
        "apiVersion: fjord.dev/v1\nkind: Instance\nmetadata: {name: second}\nspec: {swap: 0B}\n");
    write(
        "partners/bob.yaml",
        Files.readString(work.resolve("partners/bob.yaml"))
            .replaceAll("(instances|addresses): [0-9]+", "$1: 5")
            .replaceAll("(memory|disk): [0-9]+[GM]iB", "$1: 64GiB"));
    push("second machine for bob, and a slip of linda's");
    assertThat(run().converged()).isFalse();
    assertThat(running()).contains("second", "linda");

    Files.delete(work.resolve("fjord.yaml"));
    push("no site");
    RunResult result = run();

    assertThat(result.plan().changes()).isEmpty();
    assertThat(running()).containsExactly("bob", "dns", "frank", "linda", "second");
  }

  @Test
  void rates_and_uplinks_that_commits_change_are_no_drift_and_no_fight() throws Exception {
    run();
    String lan = Files.readString(work.resolve("switches/lan.yaml"));
    String bob = Files.readString(work.resolve("partners/bob/bob.yaml"));
    for (int i = 1; i <= 4; i++) {
      write(
          "switches/lan.yaml",
          lan.replaceFirst("gateway: \\S+", "gateway: 192.0.2." + (1 + i % 2)));
      write("partners/bob/bob.yaml", bob.replace("address:", "rate: " + i + "Mbit, address:"));
      push("change " + i);

      RunResult result = run();

      assertThat(result.plan().changes()).isNotEmpty().allMatch(c -> c.cause() == Cause.INTENDED);
      assertThat(result.problems()).isEmpty();
    }
    host.loseLink(new InterfaceName("tap-bob"));
    assertThat(run().plan().changes())
        .isNotEmpty()
        .allMatch(change -> change.cause() == Cause.CORRECTIVE);
  }

  @Test
  void what_waits_for_a_window_is_asked_for_when_that_opens() throws Exception {
    run();
    String lan = Files.readString(work.resolve("switches/lan.yaml"));
    write("switches/lan.yaml", lan.replaceFirst("gateway: \\S+", "gateway: 192.0.2.9"));
    push("another gateway");
    RunResult first = run();
    assertThat(first.plan().waiting())
        .singleElement()
        .satisfies(wait -> assertThat(wait.instance().value()).isEqualTo("frank"));

    host.letPass(Duration.ofDays(2).plusMinutes(150)); // A Saturday, at half past three in Berlin.
    assertThat(run().plan().changes())
        .singleElement()
        .satisfies(change -> {
          assertThat(change.id()).isEqualTo("restart/instance/frank");
          assertThat(change.cause()).isEqualTo(Cause.INTENDED);
          assertThat(change.reason())
              .startsWith("a document that it depends on changed: ")
              .contains("gateway");
        });
  }

  @Test
  void what_one_commit_moves_into_another_folder_is_handed_over_with_its_disks() throws Exception {
    run();
    InstanceRecord before = record("bob");
    Set<Long> bytes = host.bytes().keySet();
    room("frank");
    Files.move(work.resolve("partners/bob/bob.yaml"), work.resolve("partners/frank/bob.yaml"));
    push("bob's machine is frank's");

    RunResult result = run();

    assertThat(result.plan().changes()).extracting(Change::id).contains("restart/instance/bob");
    InstanceRecord after = record("bob");
    assertThat(after.owner()).isEqualTo(Owner.partner(new ResourceName("frank")));
    assertThat(after.identity()).isEqualTo(before.identity());
    assertThat(after.leases()).isEqualTo(before.leases());
    assertThat(host.bytes().keySet()).isEqualTo(bytes);
    assertThat(run().converged()).isTrue();
  }

  @Test
  void a_partner_who_is_called_otherwise_keeps_the_machines() throws Exception {
    run();
    InstanceRecord before = record("bob");
    String partner = Files.readString(work.resolve("partners/bob.yaml"));
    Files.delete(work.resolve("partners/bob.yaml"));
    write("partners/robert.yaml", partner.replace("{name: bob}", "{name: robert}"));
    Files.move(work.resolve("partners/bob"), work.resolve("partners/robert"));
    push("bob is robert");

    run();

    InstanceRecord after = record("bob");
    assertThat(after.owner()).isEqualTo(Owner.partner(new ResourceName("robert")));
    assertThat(after.identity()).isEqualTo(before.identity());
    assertThat(after.leases()).isEqualTo(before.leases());
    assertThat(host.observe().trash()).isEmpty();
    assertThat(run().converged()).isTrue();
  }

  /** frank has written a document of the name before, and waits. */
  @Test
  void who_waits_for_anothers_machine_does_not_get_it() throws Exception {
    run();
    InstanceRecord before = record("bob");
    room("frank");
    write(
        "partners/frank/x.yaml",
        Files.readString(work.resolve("partners/bob/bob.yaml")).replace("192.0.2.6", "192.0.2.7"));
    push("frank waits");
    run();
    assertThat(record("bob")).isEqualTo(before);
    Files.delete(work.resolve("partners/bob/bob.yaml"));
    push("bob's machine goes");

    run();

    assertThat(host.observe().trash())
        .singleElement()
        .satisfies(trashed -> assertThat(trashed.record()).isEqualTo(before));
    assertThat(record("bob").identity()).isNotEqualTo(before.identity());
  }

  @Test
  void two_merges_between_two_looks_are_no_hand_over() throws Exception {
    run();
    InstanceRecord before = record("bob");
    room("frank");
    String text = Files.readString(work.resolve("partners/bob/bob.yaml"));
    Files.delete(work.resolve("partners/bob/bob.yaml"));
    push("bob's machine goes");
    write("partners/frank/x.yaml", text.replace("192.0.2.6", "192.0.2.7"));
    push("frank has one of that name");

    run();

    assertThat(host.observe().trash())
        .singleElement()
        .satisfies(trashed -> assertThat(trashed.record()).isEqualTo(before));
    assertThat(record("bob").identity()).isNotEqualTo(before.identity());
  }

  private void room(String partner) throws IOException {
    String file = "partners/" + partner + ".yaml";
    write(
        file,
        Files.readString(work.resolve(file))
            .replaceAll("(instances|addresses): [0-9]+", "$1: 5")
            .replaceAll("(memory|disk): [0-9]+[GM]iB", "$1: 64GiB"));
  }

  private InstanceRecord record(String name) {
    return host.observe().instances().stream()
        .filter(one -> one.name().equals(new ResourceName(name)))
        .map(one -> java.util.Objects.requireNonNull(one.record()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void a_fault_of_one_partner_holds_back_that_partner_alone() throws Exception {
    run();
    write("partners/linda/linda.yaml", "kind: Instance\nmetadata: {name: linda\n");
    write(
        "partners/bob/bob.yaml",
        Files.readString(work.resolve("partners/bob/bob.yaml"))
            .replace("spec:\n", "spec:\n  power: stopped\n"));
    push("linda slips, bob stops");

    RunResult result = run();

    assertThat(result.plan().changes())
        .extracting(change -> change.id())
        .containsExactly("stop/instance/bob");
    assertThat(result.plan().problems().get(0).location().file())
        .isEqualTo("partners/linda/linda.yaml");
    assertThat(running()).containsExactly("dns", "frank", "linda");
  }

  @Test
  void a_partners_folder_that_holds_too_much_holds_back_that_partner_alone() throws Exception {
    run();
    for (int i = 0; i <= 5_000; i++) {
      write("partners/linda/%d/%d".formatted(i % 50, i), "");
    }
    Files.delete(work.resolve("partners/linda/linda.yaml"));
    write(
        "partners/bob/bob.yaml",
        Files.readString(work.resolve("partners/bob/bob.yaml"))
            .replace("spec:\n", "spec:\n  power: stopped\n"));
    push("linda adds what nobody can look through, bob stops");

    RunResult result = run();

    assertThat(result.revision()).isEqualTo(result.desiredRevision());
    assertThat(result.plan().changes())
        .extracting(change -> change.id())
        .containsExactly("stop/instance/bob");
    assertThat(result.plan().problems())
        .extracting(problem -> problem.location() + " " + problem.code())
        .containsExactly("partners/linda too-many-files");
    assertThat(result.converged()).isFalse();
    assertThat(running()).containsExactly("dns", "frank", "linda");
  }

  @Test
  void a_host_that_the_repository_does_not_declare_is_never_called_converged() throws Exception {
    var stranger =
        new Reconciler(
            new ResourceName("elsewhere"),
            new MirrorRevisions(mirror),
            new Loader(),
            host,
            new Applier(host, threads, () -> false),
            Clock.systemUTC());

    RunResult result = stranger.run(ApplyListener.NONE);

    assertThat(result.converged()).isFalse();
    assertThat(result.plan().changes()).isEmpty();
    assertThat(result.plan().refused())
        .singleElement()
        .satisfies(refusal -> {
          assertThat(refusal.guard()).isEqualTo("unknown-host");
          assertThat(refusal.summary())
              .isEqualTo("this machine is host elsewhere, and the repository declares only slart");
        });
  }

  @Test
  void an_unreachable_repository_changes_nothing_and_the_last_revision_is_kept_up()
      throws Exception {
    run();
    Files.move(folder.resolve("site.git"), folder.resolve("gone"));
    host.kill(new ResourceName("bob"));

    RunResult result = run();

    assertThat(result.problems()).extracting(Problem::code).containsExactly("repository-missing");
    assertThat(running()).containsExactly("bob", "dns", "frank", "linda");
  }

  @Test
  void a_host_that_cannot_be_looked_at_is_not_changed() throws Exception {
    List<Step> steps = new ArrayList<>();
    Reconciler blind =
        reconciler(
            new HostPort() {
              @Override
              public Observed observe() {
                throw Problem.of("network-unreadable", "no look").asException();
              }

              @Override
              public void perform(Step step, Progress progress) {
                steps.add(step);
              }

              @Override
              public void noteUnused(Set<Step.Version> unused) {
                throw new AssertionError("nothing is known of " + unused);
              }

              @Override
              public Set<ResourceName> silent(Observed observed) {
                return Set.of();
              }
            });

    RunResult result = blind.run(ApplyListener.NONE);

    assertThat(result.plan()).isNull();
    assertThat(result.problems()).extracting(Problem::code).containsExactly("network-unreadable");
    assertThat(steps).isEmpty();
  }

  @Test
  void an_order_to_restart_is_carried_out_once() throws Exception {
    run();
    RestartOrder order = new RestartOrder(new ResourceName("linda"), "linda", Instant.EPOCH);
    RestartOrder nobody = new RestartOrder(new ResourceName("nobody"), "linda", Instant.EPOCH);

    RunResult ordered = reconciler.run(ApplyListener.NONE, List.of(order, nobody));

    assertThat(ordered.plan().changes())
        .extracting(change -> change.id())
        .containsExactly("restart/instance/linda");
    assertThat(ordered.converged()).as("what was refused of an order is no drift").isTrue();
    assertThat(ordered.restarts())
        .extracting(one -> one.order().instance() + " " + (one.refused() == null))
        .containsExactly("linda true", "nobody false");
    assertThat(run().plan().changes()).isEmpty();
  }

  private RunResult run() throws InterruptedException {
    return reconciler.run(ApplyListener.NONE);
  }

  private Reconciler reconciler(HostPort on) {
    return new Reconciler(
        new ResourceName("slart"),
        new MirrorRevisions(mirror),
        new Loader(),
        on,
        new Applier(on, threads, () -> false),
        Clock.systemUTC());
  }

  private List<String> running() {
    return host.observe().instances().stream()
        .filter(instance -> instance.kernel() != null)
        .map(ObservedInstance::name)
        .sorted(Comparator.naturalOrder())
        .map(ResourceName::value)
        .toList();
  }

  private AgentSettings settings(Layout layout) {
    Duration second = Duration.ofSeconds(1);
    return ModelFixtures.agentSettings(
        folder.resolve("site.git").toUri().toString(),
        "main",
        new ResourceName("slart"),
        layout,
        second,
        null,
        null,
        second,
        second);
  }

  private void write(String path, String text) throws IOException {
    Files.createDirectories(work.resolve(path).getParent());
    Files.writeString(work.resolve(path), text);
  }

  private void push(String message) {
    git("add", "-A");
    git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "-m", message);
    if (Files.notExists(folder.resolve("site.git"))) {
      Command.of(
              "git",
              "clone",
              "-q",
              "--bare",
              work.toString(),
              folder.resolve("site.git").toString())
          .output();
    }
    git("push", "-q", folder.resolve("site.git").toString(), "main");
  }

  private void git(String... words) {
    List<String> all = new ArrayList<>(List.of("git", "-C", work.toString()));
    all.addAll(List.of(words));
    Command.of(all).with("HOME", folder.toString()).output();
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }
  }
}
