package dev.fjord.bench;

import dev.fjord.apply.Applier;
import dev.fjord.apply.ApplyListener;
import dev.fjord.host.simulated.SimulatedHost;
import dev.fjord.load.Loader;
import dev.fjord.model.Desired;
import dev.fjord.model.Layout;
import dev.fjord.model.Observed;
import dev.fjord.model.ResourceName;
import dev.fjord.plan.Plan;
import dev.fjord.plan.PlanFixtures;
import dev.fjord.plan.Target;
import dev.fjord.planner.Planner;
import dev.fjord.problem.Checked;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Loading and planning, with the compilers that the launcher gives the agent. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ReconcileBenchmark {
  private static final Target TARGET =
      PlanFixtures.target(new ResourceName("slart"), "generated", 0);

  @Param({"21", "200", "2000"})
  int instances;

  private GeneratedSite site;
  private GeneratedSite next;
  private Loader loader;
  private Desired desired;
  private Observed bare;
  private Observed converged;
  private boolean odd;

  @Setup
  public void converge() throws InterruptedException {
    site = GeneratedSite.of(instances);
    next = site.afterOneCommit();
    loader = new Loader();
    desired = loader.load(site).orThrow();
    var host = new SimulatedHost(Layout.of("/var/lib/fjord", "/run/fjord"));
    bare = host.observe();
    try (var threads = Executors.newFixedThreadPool(2)) {
      new Applier(host, threads, () -> false).apply(plan(bare), ApplyListener.NONE);
    }
    converged = host.observe();
    if (!plan(converged).changes().isEmpty() || converged.instances().size() != instances) {
      throw new IllegalStateException("the simulated host did not converge");
    }
  }

  @Benchmark
  public Checked<Desired> load_at_the_first_time() {
    return new Loader().load(site);
  }

  @Benchmark
  public Checked<Desired> load_after_one_file_changed() {
    odd = !odd;
    return loader.load(odd ? next : site);
  }

  @Benchmark
  public Plan plan_everything() {
    return plan(bare);
  }

  @Benchmark
  public Plan plan_nothing() {
    return plan(converged);
  }

  private Plan plan(Observed observed) {
    return Planner.plan(desired, List.of(), observed, TARGET);
  }
}
