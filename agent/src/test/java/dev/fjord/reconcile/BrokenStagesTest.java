package dev.fjord.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.apply.Applier;
import dev.fjord.apply.ApplyListener;
import dev.fjord.host.HostPort;
import dev.fjord.host.simulated.SimulatedHost;
import dev.fjord.load.Loader;
import dev.fjord.model.Desired;
import dev.fjord.model.Layout;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Tree;
import dev.fjord.plan.Plan;
import dev.fjord.plan.Step;
import dev.fjord.plan.Target;
import dev.fjord.planner.Planner;
import dev.fjord.problem.Problem;
import dev.fjord.source.tree.FolderTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Stages that throw what they should not. The first revision is in force when a second one comes,
 * which stops bob, and linda's machine dies.
 */
class BrokenStagesTest {
  private static final ResourceName LINDA = new ResourceName("linda");

  @TempDir private Path folder;
  private final ExecutorService threads = Executors.newFixedThreadPool(4);
  private final History history = new History();
  private final Faulty host =
      new Faulty(new SimulatedHost(Layout.of("/var/lib/fjord", "/run/fjord-test")));
  private ExecutorService appliers = threads;
  private @Nullable Throwable inPlan;

  @BeforeEach
  void one_revision_is_in_force() throws Exception {
    Path first = folder.resolve("first");
    copy(Path.of("../examples/slart"), first);
    Path second = folder.resolve("second");
    copy(first, second);
    Path bob = second.resolve("partners/bob/bob.yaml");
    Files.writeString(bob, Files.readString(bob).replace("spec:\n", "spec:\n  power: stopped\n"));
    history.newest = revision("1", first);
    assertThat(run().converged()).isTrue();
    history.newest = revision("2", second);
    host.simulated.kill(LINDA);
    assertThat(running()).containsExactly("bob", "dns", "frank");
  }

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  static Stream<Throwable> faults() {
    return Stream.of(
        new IllegalStateException("odd"),
        new NullPointerException(),
        new StackOverflowError(),
        new OutOfMemoryError("Java heap space"),
        new NoClassDefFoundError("dev/fjord/Gone"));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void a_choice_that_breaks_leaves_the_last_revision_in_force(Throwable fault) throws Exception {
    history.inChoice = fault;
    assertKeptUp(run(), "choosing a revision broke: " + fault);
    history.inChoice = null;
    assertFollowed();
  }

  @ParameterizedTest
  @MethodSource("faults")
  void a_revision_that_cannot_be_loaded_is_passed_over(Throwable fault) throws Exception {
    Revisions.Chosen odd = history.newest;
    history.newest = new Revisions.Chosen(odd.id(), 0, throwing(odd.tree(), fault));
    RunResult result = run();
    assertKeptUp(result, "loading revision " + odd.id() + " broke: " + fault);
    assertPassedOver(result);
    history.newest = odd;
    assertFollowed();
  }

  @ParameterizedTest
  @MethodSource("faults")
  void a_revision_that_cannot_be_planned_is_passed_over(Throwable fault) throws Exception {
    inPlan = fault;
    RunResult result = run();
    assertKeptUp(result, "planning revision " + history.newest.id() + " broke: " + fault);
    assertPassedOver(result);
    inPlan = null;
    assertFollowed();
  }

  @ParameterizedTest
  @MethodSource("faults")
  void a_revision_that_cannot_be_remembered_is_passed_over(Throwable fault) throws Exception {
    history.inRemembering = fault;
    RunResult result = run();
    assertKeptUp(result, "remembering the revision broke: " + fault);
    assertPassedOver(result);
    history.inRemembering = null;
    assertFollowed();
  }

  @ParameterizedTest
  @MethodSource("faults")
  void a_look_that_breaks_changes_nothing(Throwable fault) throws Exception {
    host.inLook = fault;
    RunResult result = run();
    assertThat(result.plan()).isNull();
    assertThat(result.problems())
        .extracting(Problem::summary)
        .containsExactly("looking at the host broke: " + fault);
    assertThat(result.converged()).isFalse();
    host.inLook = null;
    assertFollowed();
  }

  @ParameterizedTest
  @MethodSource("faults")
  void what_breaks_after_the_changes_hides_none_of_them(Throwable fault) throws Exception {
    host.inQuestion = fault;
    host.inNote = fault;
    RunResult result = run();
    assertThat(result.problems())
        .extracting(Problem::summary)
        .contains(
            "asking who answers broke: " + fault, "noting what nothing needs broke: " + fault);
    assertThat(result.outcomes()).isNotEmpty();
    assertThat(running()).containsExactly("dns", "frank", "linda");
    assertThat(result.converged()).isFalse();
    assertThat(result.cameThrough()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("faults")
  void a_step_that_breaks_fails_alone(Throwable fault) throws Exception {
    host.inStep = fault;
    RunResult result = run();
    assertThat(result.failed()).isTrue();
    assertThat(result.converged()).isFalse();
    assertThat(running()).containsExactly("bob", "dns", "frank");
  }

  @Test
  void a_walk_that_breaks_is_a_problem_of_its_run() throws Exception {
    appliers = Executors.newSingleThreadExecutor();
    appliers.shutdown();
    RunResult result = run();
    assertThat(result.problems())
        .extracting(Problem::summary)
        .anyMatch(told -> told.startsWith("applying the plan broke: java.util.concurrent.Rej"));
    assertThat(result.cameThrough()).isFalse();
    appliers = threads;
    assertFollowed();
  }

  private void assertKeptUp(RunResult result, String told) {
    List<Problem> all =
        Stream.concat(result.problems().stream(), result.plan().problems().stream()).toList();
    assertThat(all).extracting(Problem::summary).contains(told);
    assertThat(all)
        .filteredOn(problem -> problem.summary().equals(told))
        .allMatch(problem -> problem.code().equals("stage-broke") && problem.hint() != null);
    assertThat(result.converged()).isFalse();
    assertThat(result.cameThrough()).isFalse();
    assertThat(running()).containsExactly("bob", "dns", "frank", "linda");
  }

  private static void assertPassedOver(RunResult result) {
    assertThat(result.plan().problems()).extracting(Problem::code).contains("revision-passed-over");
    assertThat(result.revision()).isNotEqualTo(result.desiredRevision());
  }

  private void assertFollowed() throws InterruptedException {
    RunResult result = run();
    assertThat(result.cameThrough()).isTrue();
    assertThat(result.converged()).isTrue();
    assertThat(running()).containsExactly("dns", "frank", "linda");
  }

  private final Loader loader = new Loader();

  private RunResult run() throws InterruptedException {
    return new Reconciler(
            new ResourceName("slart"),
            history,
            loader,
            host,
            new Applier(host, appliers, () -> false),
            Clock.systemUTC(),
            this::plan)
        .run(ApplyListener.NONE);
  }

  private Plan plan(Desired desired, List<Problem> found, Observed observed, Target target) {
    if (inPlan != null && target.revision().equals(history.newest.id())) {
      throwUnchecked(inPlan);
    }
    return Planner.plan(desired, found, observed, target);
  }

  private List<String> running() {
    return host.simulated.observe().instances().stream()
        .filter(instance -> instance.kernel() != null)
        .map(ObservedInstance::name)
        .map(ResourceName::value)
        .sorted()
        .toList();
  }

  private static Revisions.Chosen revision(String digit, Path files) {
    return new Revisions.Chosen(digit.repeat(40), 0, FolderTree.of(files));
  }

  private static Tree throwing(Tree tree, Throwable fault) {
    return new Tree() {
      @Override
      public String revision() {
        return tree.revision();
      }

      @Override
      public List<File> files() {
        return tree.files();
      }

      @Override
      public List<Problem> skipped() {
        return tree.skipped();
      }

      @Override
      public byte[] read(File file, int limit) {
        throwUnchecked(fault);
        return new byte[0];
      }
    };
  }

  private static void throwUnchecked(@Nullable Throwable fault) {
    if (fault instanceof Error error) {
      throw error;
    }
    if (fault instanceof RuntimeException exception) {
      throw exception;
    }
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

  /** What the mirror does, without one. */
  private static final class History implements Revisions {
    private Chosen newest = new Chosen("", 0, FolderTree.of(Path.of("../examples/slart")));
    private @Nullable Chosen last;
    private @Nullable Throwable inChoice;
    private @Nullable Throwable inRemembering;

    @Override
    public Choice choose() {
      throwUnchecked(inChoice);
      return new Choice(newest, true, List.of());
    }

    @Override
    public @Nullable Chosen lastInForce() {
      return last;
    }

    @Override
    public void inForce(Chosen chosen) {
      if (!chosen.equals(last)) {
        throwUnchecked(inRemembering);
      }
      last = chosen;
    }
  }

  /** A host that breaks where a test says so. */
  private static final class Faulty implements HostPort {
    private final SimulatedHost simulated;
    private @Nullable Throwable inLook;
    private @Nullable Throwable inStep;
    private @Nullable Throwable inNote;
    private @Nullable Throwable inQuestion;

    Faulty(SimulatedHost simulated) {
      this.simulated = simulated;
    }

    @Override
    public Observed observe() {
      throwUnchecked(inLook);
      return simulated.observe();
    }

    @Override
    public void perform(Step step, Progress progress) {
      throwUnchecked(inStep);
      simulated.perform(step, progress);
    }

    @Override
    public void noteUnused(Set<Step.Version> unused) {
      throwUnchecked(inNote);
      simulated.noteUnused(unused);
    }

    @Override
    public Set<ResourceName> silent(Observed observed) {
      throwUnchecked(inQuestion);
      return simulated.silent(observed);
    }
  }
}
