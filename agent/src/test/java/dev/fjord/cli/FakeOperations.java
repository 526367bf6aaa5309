package dev.fjord.cli;

import dev.fjord.app.Operations;
import dev.fjord.app.PlanForm;
import dev.fjord.app.Selection;
import dev.fjord.apply.ApplyListener;
import dev.fjord.model.AgentSettings;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Digest;
import dev.fjord.model.DiskUsage;
import dev.fjord.model.ImageVersion;
import dev.fjord.model.Layout;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.RebaseReport;
import dev.fjord.model.RebaseReport.Conflict;
import dev.fjord.model.RebaseReport.Tally;
import dev.fjord.model.ResourceName;
import dev.fjord.plan.VerifiedVersion;
import dev.fjord.problem.Problem;
import dev.fjord.reconcile.RunResult;
import dev.fjord.report.Plans;
import dev.fjord.report.Presence;
import dev.fjord.report.Results;
import dev.fjord.report.Usages;
import dev.fjord.schedule.ControlSocket.Planned;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** A program whose runs have come to whatever a test says. */
class FakeOperations implements Operations {
  Layout layout = Results.LAYOUT;
  RunResult result = Results.of(Plans.empty(), true);
  List<Problem> hindrances = List.of();
  Presence presence = new Presence(Presence.Kind.AGENT, 4242L);
  DiskUsage usage = Usages.fits();
  List<VerifiedVersion> verified = List.of();
  Planned planOfAgent;
  String called = "";

  @Override
  public AgentSettings settings(Path file) {
    return ModelFixtures.agentSettings(
        "/srv/slart.git",
        "main",
        Plans.SLART,
        layout,
        Duration.ofSeconds(30),
        null,
        null,
        Duration.ofSeconds(60),
        Duration.ofSeconds(60));
  }

  @Override
  public RunResult preview(AgentSettings settings, Selection selection) {
    called = "preview " + selection.repository() + " " + selection.revision();
    return result;
  }

  @Override
  public Planned planOfAgent(AgentSettings settings, PlanForm form) {
    return planOfAgent;
  }

  @Override
  public RunResult apply(AgentSettings settings, Selection selection, ApplyListener listener) {
    if (result.plan() != null) {
      listener.planned(result.plan());
    }
    return result;
  }

  @Override
  public void agent(AgentSettings settings) {
    called = "agent";
  }

  @Override
  public Presence presence(AgentSettings settings) {
    return presence;
  }

  @Override
  public void poke(AgentSettings settings) {
    throw Problem.of("no-agent", "no agent answers").hint("Start one.").asException();
  }

  @Override
  public int restart(
      AgentSettings settings,
      List<ResourceName> instances,
      Consumer<String> progress,
      Consumer<String> result) {
    called = "restart " + instances;
    progress.accept("    0.0 s [1/1] restart instance linda ...");
    result.accept("instance linda was restarted");
    return 4;
  }

  @Override
  public int console(AgentSettings settings, ResourceName instance) {
    called = "console " + instance;
    return 0;
  }

  @Override
  public String accept(AgentSettings settings, String revision) {
    throw Problem.of("locked", "another run holds the lock").hint("Stop the agent.").asException();
  }

  @Override
  public List<VerifiedVersion> verify(
      AgentSettings settings, String name, Consumer<String> passing) {
    called = "verify " + name;
    return verified;
  }

  @Override
  public String repair(AgentSettings settings, String name) {
    called = "repair " + name;
    return "image tiny will be stored again: the agent begins a run.";
  }

  @Override
  public Rehearsed rehearse(AgentSettings settings, ResourceName instance, String to) {
    called = "rehearse " + instance + " " + to;
    Tally some = new Tally(3, ByteSize.mib(2));
    return new Rehearsed(
        new ImageVersion(new ResourceName("tiny"), Digest.ofText("new")),
        new RebaseReport(
            some,
            new Tally(120, ByteSize.mib(37)),
            new Tally(1, ByteSize.ZERO),
            new Tally(2, ByteSize.mib(1)),
            List.of(new Conflict(Conflict.Kind.CHANGED, "/etc/motd"))));
  }

  @Override
  public DiskUsage disk(AgentSettings settings) {
    return usage;
  }

  @Override
  public List<Problem> doctor(Path settings, Consumer<String> line) {
    line.accept("memory: 4 GiB");
    return hindrances;
  }
}
