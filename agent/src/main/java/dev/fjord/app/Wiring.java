package dev.fjord.app;

import dev.fjord.apply.ApplyListener;
import dev.fjord.host.linux.LinuxHost;
import dev.fjord.host.linux.RebasePreview;
import dev.fjord.host.linux.uml.Console;
import dev.fjord.host.linux.usage.DiskSurvey;
import dev.fjord.load.AgentSettingsLoader;
import dev.fjord.load.SignaturePolicies;
import dev.fjord.model.AgentSettings;
import dev.fjord.model.DiskUsage;
import dev.fjord.model.ImageVersion;
import dev.fjord.model.ResourceName;
import dev.fjord.plan.VerifiedVersion;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import dev.fjord.problem.ProblemsException;
import dev.fjord.problem.Secrets;
import dev.fjord.process.Interactive;
import dev.fjord.reconcile.FixedRevision;
import dev.fjord.reconcile.MirrorRevisions;
import dev.fjord.reconcile.RunResult;
import dev.fjord.report.ApplyText;
import dev.fjord.report.Presence;
import dev.fjord.schedule.ControlSocket;
import dev.fjord.schedule.ControlSocket.Planned;
import dev.fjord.source.Mirror;
import dev.fjord.source.OpenTree;
import dev.fjord.source.Repositories;
import dev.fjord.source.remote.Access;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Puts the parts of the program together; no other class does. */
@SuppressWarnings("try") // A lock is held, not used.
public final class Wiring implements Operations {
  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

  @Override
  public AgentSettings settings(Path file) {
    byte[] content = content(file);
    Secrets.learnSettings(new String(content, StandardCharsets.UTF_8));
    AgentSettings settings =
        ProblemsException.orThrow(
            AgentSettingsLoader.load(file.toString(), content, machineName()));
    Secrets.learn(settings.repository());
    return settings;
  }

  private static byte[] content(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw Problem.of("no-settings", "there is no " + file + ", the agent's settings")
          .hint("Write one ('repository:' is all that it needs), or name yours with --config.")
          .asException(e);
    } catch (IOException e) {
      throw Problem.of("unreadable-settings", "reading the agent's settings " + file + " failed")
          .detail(e.toString())
          .hint("Is it yours to read? 'sudo' may be missing.")
          .asException(e);
    }
  }

  private static String machineName() {
    try {
      return Files.readString(HOST_NAME).strip();
    } catch (IOException e) {
      return "localhost";
    }
  }

  @Override
  public RunResult preview(AgentSettings settings, Selection selection) {
    EarlyLook host =
        new EarlyLook(new LinuxHost(settings, ForkJoinPool.commonPool(), Clock.systemUTC()));
    if (selection.isOwn()) {
      try (RunLock lock = RunLock.acquire(settings.layout());
          Mirror mirror = Mirror.open(settings, SignaturePolicies::read)) {
        return Runs.preview(settings, new MirrorRevisions(mirror), host);
      } catch (ProblemException e) {
        if (!e.problem().code().equals(RunLock.LOCKED)) {
          throw e;
        }
        // The agent has the mirror; what it follows can be read without it.
      }
    }
    try (OpenTree open = open(settings, selection)) {
      return Runs.preview(settings, new FixedRevision(open.tree(), open.skipped()), host);
    }
  }

  @Override
  public @Nullable Planned planOfAgent(AgentSettings settings, PlanForm form) {
    String identity = ProgramIdentity.of(settings);
    return identity == null ? null : ControlSocket.plan(settings.layout(), identity, form.words());
  }

  private static OpenTree open(AgentSettings settings, Selection selection) {
    String own = settings.repository();
    String repository = selection.repository() == null ? own : selection.repository();
    String revision = selection.isOwn() ? "refs/heads/" + settings.branch() : selection.revision();
    return Repositories.open(repository, revision, Access.of(settings));
  }

  @Override
  public RunResult apply(AgentSettings settings, Selection selection, ApplyListener listener) {
    try (RunLock lock = RunLock.acquire(settings.layout());
        Ending ending = new Ending()) {
      if (selection.isOwn()) {
        try (Mirror mirror = Mirror.open(settings, SignaturePolicies::read);
            Runs runs =
                new Runs(settings, new MirrorRevisions(mirror), Runs.Pace.patient(ending::begun))) {
          return runs.run(listener);
        }
      }
      try (OpenTree open = open(settings, selection);
          Runs runs =
              new Runs(
                  settings,
                  new FixedRevision(open.tree(), open.skipped()),
                  Runs.Pace.patient(ending::begun))) {
        return runs.run(listener);
      }
    }
  }

  @Override
  public void agent(AgentSettings settings) {
    try (RunLock lock = RunLock.acquire(settings.layout())) {
      new AgentRuns(settings).untilTold();
    }
  }

  @Override
  public Presence presence(AgentSettings settings) {
    Long holder = RunLock.holder(settings.layout());
    if (holder == null) {
      return Presence.NOBODY;
    }
    boolean isAgent = ControlSocket.isServed(settings.layout());
    return new Presence(isAgent ? Presence.Kind.AGENT : Presence.Kind.RUN, holder);
  }

  @Override
  public void poke(AgentSettings settings) {
    ControlSocket.poke(settings.layout());
  }

  @Override
  public int restart(
      AgentSettings settings,
      List<ResourceName> instances,
      Consumer<String> progress,
      Consumer<String> result) {
    String caller = System.getenv().getOrDefault("SUDO_USER", "");
    if (ControlSocket.isServed(settings.layout())) {
      List<String> names = instances.stream().map(ResourceName::value).toList();
      return ControlSocket.restart(settings.layout(), names, caller, progress, result);
    }
    RestartOrders orders = new RestartOrders();
    String by = ControlSocket.Caller.of(System.getProperty("user.name"), caller).words();
    List<RestartOrders.Answer> answers =
        orders.carryOut(
            instances, by, Instant.now(), () -> restart(settings, orders, progress), line -> {});
    answers.stream().flatMap(one -> RestartOrders.lines(one).stream()).forEach(result);
    return RestartOrders.worst(answers).number();
  }

  /** One run for orders, reported like that of {@code fjord apply}. */
  private static void restart(
      AgentSettings settings, RestartOrders orders, Consumer<String> progress) {
    try (RunLock lock = RunLock.acquire(settings.layout());
        Ending ending = new Ending();
        Mirror mirror = Mirror.open(settings, SignaturePolicies::read);
        Runs runs =
            new Runs(settings, new MirrorRevisions(mirror), Runs.Pace.patient(ending::begun))) {
      orders.settle(runs.run(new ApplyText(progress, System::nanoTime).and(orders), orders.take()));
    }
  }

  @Override
  public int console(AgentSettings settings, ResourceName instance) {
    Console.Attachment attachment = new Console(settings.layout()).attach(instance);
    return Interactive.run(attachment.words(), attachment.environment());
  }

  @Override
  public String accept(AgentSettings settings, String revision) {
    try (RunLock lock = RunLock.acquire(settings.layout());
        Mirror mirror = Mirror.open(settings, SignaturePolicies::read)) {
      return mirror.accept(revision).id();
    }
  }

  @Override
  public List<VerifiedVersion> verify(
      AgentSettings settings, String name, Consumer<String> passing) {
    return new StoreChecks(settings).verify(name, passing);
  }

  @Override
  public String repair(AgentSettings settings, String name) {
    return new StoreChecks(settings).repair(name);
  }

  @Override
  public Rehearsed rehearse(AgentSettings settings, ResourceName instance, String to) {
    RebasePreview preview = new RebasePreview(settings.layout());
    ImageVersion version = TargetVersion.of(preview.others(instance), instance, to);
    return new Rehearsed(version, preview.of(instance, version));
  }

  @Override
  public DiskUsage disk(AgentSettings settings) {
    return new DiskSurvey(settings.layout(), Clock.systemUTC()).look();
  }

  @Override
  public List<Problem> doctor(Path settings, Consumer<String> line) {
    try {
      return new Checkup(settings(settings), line).faults();
    } catch (ProblemsException e) {
      return e.problems();
    } catch (ProblemException e) {
      return List.of(e.problem());
    }
  }
}
