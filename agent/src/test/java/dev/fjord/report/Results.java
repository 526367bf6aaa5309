package dev.fjord.report;

import dev.fjord.apply.Outcome;
import dev.fjord.model.AuthorizedKey;
import dev.fjord.model.BuiltContent;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Cidr;
import dev.fjord.model.Death;
import dev.fjord.model.Desired;
import dev.fjord.model.Digest;
import dev.fjord.model.HostBounds;
import dev.fjord.model.HostBounds.Bound;
import dev.fjord.model.Identity;
import dev.fjord.model.Image;
import dev.fjord.model.ImageChangePolicy;
import dev.fjord.model.Instance;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.KernelInvocation;
import dev.fjord.model.Layout;
import dev.fjord.model.Lease;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedDisks;
import dev.fjord.model.ObservedFilters;
import dev.fjord.model.ObservedInstance;
import dev.fjord.model.ObservedNames;
import dev.fjord.model.Owner;
import dev.fjord.model.Power;
import dev.fjord.model.ResourceName;
import dev.fjord.model.RestartPolicy;
import dev.fjord.model.RunningKernel;
import dev.fjord.model.Source;
import dev.fjord.model.SpoofKind;
import dev.fjord.model.SpoofedFrames;
import dev.fjord.model.StartOrder;
import dev.fjord.model.Starts;
import dev.fjord.model.StoredImage;
import dev.fjord.model.Trial;
import dev.fjord.model.Upkeep;
import dev.fjord.plan.Plan;
import dev.fjord.problem.Problem;
import dev.fjord.reconcile.ReconcileFixtures;
import dev.fjord.reconcile.RunResult;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Results of runs. */
public final class Results {
  public static final Instant STARTED = Instant.parse("2026-05-04T03:02:01Z");
  public static final Layout LAYOUT = Layout.of("/var/lib/fjord", "/run/fjord");

  /** Of a host that was told to count nothing that its kernel holds, and has no v2. */
  public static final HostBounds BOUNDS =
      new HostBounds(
          "v1", Set.of(Bound.MEMORY, Bound.SWAP, Bound.PIDS, Bound.CPU_WEIGHT, Bound.CPU_LIMIT));

  private Results() {}

  /** Of a run that came to a plan. */
  public static RunResult of(Plan plan, boolean converged, Outcome... outcomes) {
    return ReconcileFixtures.runResult(
        Plans.SLART,
        plan.revision(),
        plan.revision(),
        null,
        plan,
        List.of(outcomes),
        observed(),
        Set.of(),
        converged,
        List.of(),
        STARTED,
        Duration.ofSeconds(14));
  }

  /** Of a run that came to no plan. */
  public static RunResult failed(Problem problem) {
    return ReconcileFixtures.runResult(
        Plans.SLART,
        null,
        null,
        null,
        null,
        List.of(),
        null,
        Set.of(),
        false,
        List.of(problem),
        STARTED,
        Duration.ofSeconds(1));
  }

  public static RunResult withProblem(RunResult result, Problem problem) {
    return ReconcileFixtures.runResult(
        result.host(),
        result.desiredRevision(),
        result.revision(),
        result.desired(),
        result.plan(),
        result.outcomes(),
        result.observed(),
        Set.of(new ResourceName("linda")),
        result.converged(),
        List.of(problem),
        result.started(),
        result.took());
  }

  /** The same, of another look at the host. */
  public static RunResult seeing(RunResult result, Observed observed) {
    return ReconcileFixtures.runResult(
        result.host(),
        result.desiredRevision(),
        result.revision(),
        result.desired(),
        result.plan(),
        result.outcomes(),
        observed,
        result.silent(),
        result.converged(),
        result.problems(),
        result.started(),
        result.took());
  }

  /** The same, where the kernel of an instance ended unasked. */
  static RunResult withDeath(RunResult result, String name, Death death) {
    Observed seen = java.util.Objects.requireNonNull(result.observed());
    List<ObservedInstance> instances =
        seen.instances().stream()
            .map(one ->
                one.name().value().equals(name)
                    ? new ObservedInstance(
                        one.name(),
                        one.record(),
                        one.disks(),
                        one.kernel(),
                        one.starts(),
                        null,
                        death,
                        one.fault())
                    : one)
            .toList();
    return seeing(
        result,
        ModelFixtures.observed(
            seen.layout(),
            seen.at(),
            seen.kernels(),
            seen.images(),
            seen.bridges(),
            seen.ports(),
            instances,
            seen.trash(),
            seen.problems()));
  }

  /** The same, where the revision declares image tiny in a version. */
  public static RunResult declaring(RunResult result, String version) {
    Image tiny =
        ModelFixtures.image(
            new ResourceName("tiny"),
            Source.parse("file:/srv/tiny.img"),
            Digest.ofText(version),
            ByteSize.mib(64));
    Desired desired =
        ModelFixtures.desired(
            ModelFixtures.site(0, List.of()),
            Map.of(),
            Map.of(),
            Map.of(tiny.name(), tiny),
            Map.of(),
            Map.of(),
            List.of(),
            Set.of(),
            List.of());
    return ReconcileFixtures.runResult(
        result.host(),
        result.desiredRevision(),
        result.revision(),
        desired,
        result.plan(),
        result.outcomes(),
        result.observed(),
        result.silent(),
        result.converged(),
        result.problems(),
        result.started(),
        result.took());
  }

  public static Outcome outcome(String change, Outcome.Status status) {
    Problem problem = status == Outcome.Status.DONE ? null : Plans.problem();
    return new Outcome(change, status, problem, Duration.ofMillis(1400));
  }

  /** linda runs, frank is paused and bears a very long name, bob has stopped, one is unreadable. */
  public static Observed observed() {
    KernelInvocation boot =
        new KernelInvocation(Path.of("/var/lib/fjord/kernels/uml/linux"), List.of("mem=128M"));
    return ModelFixtures.observed(
        LAYOUT,
        STARTED,
        List.of(
            ModelFixtures.storedKernel(
                new ResourceName("uml"), Digest.ofText("uml"), new Trial(Trial.Verdict.BOOTS, ""))),
        List.of(
            ModelFixtures.storedImage(
                new ResourceName("tiny"), Digest.ofText("tiny"), ByteSize.mib(64)),
            new StoredImage(
                new ResourceName("debian"),
                Digest.ofText("recipe"),
                ByteSize.gib(2),
                new BuiltContent(Digest.ofText("debian"), ByteSize.gib(2), STARTED),
                Upkeep.WHOLE)),
        List.of(
            ModelFixtures.observedBridge(
                new InterfaceName("fj-lan"),
                new ResourceName("lan"),
                true,
                List.of(Cidr.parse("192.0.2.1/24"))),
            ModelFixtures.observedBridge(new InterfaceName("docker0"), null, true, List.of())),
        List.of(),
        List.of(
            instance("linda", ModelFixtures.runningKernel(4711, boot, false), 1),
            instance(
                "frank-with-a-very-long-name",
                ModelFixtures.runningKernel(4712, boot, true).unbounded(),
                2),
            instance("bob", null, 0),
            ModelFixtures.observedInstance(
                new ResourceName("broken"),
                null,
                new ObservedDisks(null, null, Map.of()),
                null,
                Starts.NONE,
                Problem.of("unreadable-record", "the record of broken cannot be read"))),
        List.of(),
        List.of(),
        List.of(),
        new ObservedFilters(
            null,
            Map.of(
                new ResourceName("linda"),
                new SpoofedFrames(
                    1234,
                    List.of(
                        tried(SpoofKind.DHCP, 4, 9_000),
                        tried(SpoofKind.ARP, 1_000, 60),
                        tried(SpoofKind.IPV4, 228, 300),
                        tried(SpoofKind.PROTOCOL, 2, 100_000))),
                new ResourceName("bob"),
                new SpoofedFrames(1, List.of())),
            null),
        List.of(),
        ObservedNames.NONE,
        Map.of(),
        List.of());
  }

  private static SpoofedFrames.Tried tried(SpoofKind kind, long count, long secondsAgo) {
    return new SpoofedFrames.Tried(kind, count, STARTED.minusSeconds(secondsAgo));
  }

  private static ObservedInstance instance(
      String name, @Nullable RunningKernel kernel, int addresses) {
    List<Lease> leases =
        List.of(lease("192.0.2.5", 0), lease("192.0.2.6", 1)).subList(0, addresses);
    Owner owner = addresses == 0 ? Owner.SITE : Owner.partner(new ResourceName("linda"));
    Identity identity = Identity.first(Plans.SLART, owner, new ResourceName(name));
    InstanceRecord record =
        new InstanceRecord(
            identity,
            200_000,
            leases,
            Digest.ofText("tiny"),
            Digest.ofText("uml"),
            Plans.REVISION,
            applied(name, owner),
            null);
    return ModelFixtures.observedInstance(
        new ResourceName(name),
        record,
        new ObservedDisks(null, null, Map.of()),
        kernel,
        Starts.NONE,
        null);
  }

  private static Lease lease(String address, int index) {
    return ModelFixtures.lease(
        new ResourceName("lan"),
        Ipv4Address.parse(address),
        new Identity("0123456789abcdef").mac(index),
        new InterfaceName("fj-t" + index));
  }

  private static Instance applied(String name, Owner owner) {
    List<AuthorizedKey> noKeys = List.of();
    return ModelFixtures.instance(
        new ResourceName(name),
        owner,
        Plans.SLART,
        new ResourceName("tiny"),
        new ResourceName("uml"),
        ByteSize.mib(128),
        ByteSize.ZERO,
        List.of(),
        List.of(),
        Power.RUNNING,
        StartOrder.ANY,
        new ResourceName(name),
        noKeys,
        ImageChangePolicy.KEEP,
        RestartPolicy.NOW,
        null);
  }
}
