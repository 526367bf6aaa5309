package dev.fjord.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.apply.Applier;
import dev.fjord.apply.ApplyListener;
import dev.fjord.host.HostPort;
import dev.fjord.host.simulated.SimulatedHost;
import dev.fjord.load.Loader;
import dev.fjord.model.Layout;
import dev.fjord.model.Observed;
import dev.fjord.model.ResourceName;
import dev.fjord.plan.Step;
import dev.fjord.plan.Step.Version;
import dev.fjord.source.tree.FolderTree;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A glance tells that there is nothing to do, and nothing else. */
class GlancesTest {
  private static final ResourceName BOB = new ResourceName("bob");

  @TempDir private Path folder;
  private final ExecutorService threads = Executors.newFixedThreadPool(4);
  private Glanced host;
  private Reconciler reconciler;

  /** A host that was glanced at before something happened to it, or after. */
  private static final class Glanced implements HostPort {
    private final SimulatedHost host;
    private int looks;
    private @Nullable Observed glance;
    private boolean breaks;

    Glanced(SimulatedHost host) {
      this.host = host;
    }

    @Override
    public Observed observe() {
      looks++;
      return host.observe();
    }

    @Override
    public @Nullable Observed glance() {
      if (breaks) {
        throw new IllegalStateException("a glance that breaks");
      }
      return glance;
    }

    @Override
    public void perform(Step step, Progress progress) {
      host.perform(step, progress);
    }

    @Override
    public void noteUnused(Set<Version> unused) {
      host.noteUnused(unused);
    }

    @Override
    public Set<ResourceName> silent(Observed observed) {
      return host.silent(observed);
    }
  }

  @BeforeEach
  void everything_runs() throws Exception {
    host =
        new Glanced(
            new SimulatedHost(Layout.of(folder.resolve("s").toString(), "/run/fjord-test")));
    reconciler =
        new Reconciler(
            new ResourceName("slart"),
            new FixedRevision(FolderTree.of(Path.of("../examples/slart")), java.util.List.of()),
            new Loader(),
            host,
            new Applier(host, threads, () -> false),
            Clock.systemUTC());
    assertThat(run().converged()).isTrue();
    host.looks = 0;
  }

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  private RunResult run() throws InterruptedException {
    return reconciler.run(ApplyListener.NONE);
  }

  @Test
  void who_has_nothing_to_do_does_not_look_at_everything() throws Exception {
    host.glance = host.host.observe();
    var result = run();
    assertThat(result.converged()).isTrue();
    assertThat(result.observed()).isSameAs(host.glance);
    assertThat(host.looks).isZero();
  }

  @Test
  void without_a_glance_everything_is_looked_at() throws Exception {
    assertThat(run().converged()).isTrue();
    assertThat(host.looks).isOne();
  }

  @Test
  void what_is_done_follows_from_a_look_at_everything() throws Exception {
    host.host.kill(BOB);
    host.glance = host.host.observe();
    var result = run();
    assertThat(result.plan().changes())
        .extracting(change -> change.id())
        .containsExactly("start/instance/bob");
    assertThat(result.converged()).isTrue();
    assertThat(host.looks).isEqualTo(2); // And the one that verifies.
  }

  @Test
  void a_glance_that_is_wrong_has_nobody_started() throws Exception {
    var before = host.host.observe();
    host.host.kill(BOB);
    host.glance = host.host.observe();
    run();
    assertThat(before.instances()).isNotEmpty();
    host.looks = 0;

    var result = run(); // The glance still has bob's kernel dead, which it is not.

    assertThat(result.plan().changes()).isEmpty();
    assertThat(result.converged()).isTrue();
    assertThat(host.looks).isOne();
  }

  @Test
  void a_glance_that_breaks_costs_a_look_and_tells_nobody() throws Exception {
    host.breaks = true;
    var result = run();
    assertThat(result.problems()).isEmpty();
    assertThat(result.converged()).isTrue();
    assertThat(host.looks).isOne();
  }

  @Test
  void a_preview_looks_at_everything() {
    host.glance = host.host.observe();
    assertThat(reconciler.preview().plan().changes()).isEmpty();
    assertThat(host.looks).isOne();
  }
}
