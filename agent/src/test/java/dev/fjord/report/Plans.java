package dev.fjord.report;

import dev.fjord.model.ByteSize;
import dev.fjord.model.Digest;
import dev.fjord.model.ImageChangePolicy;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import dev.fjord.plan.Action;
import dev.fjord.plan.Cause;
import dev.fjord.plan.Change;
import dev.fjord.plan.Disruption;
import dev.fjord.plan.FieldChange;
import dev.fjord.plan.ImageChange;
import dev.fjord.plan.Kind;
import dev.fjord.plan.Plan;
import dev.fjord.plan.Refusal;
import dev.fjord.plan.Step;
import dev.fjord.plan.Waiting;
import dev.fjord.problem.Location;
import dev.fjord.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Plans to print. */
public final class Plans {
  public static final ResourceName SLART = new ResourceName("slart");
  public static final String REVISION = "3f2a9c81d0b4e5f60718293a4b5c6d7e8f901234";

  /** Clears the screen, turns direction, breaks lines, ends a table's cell, rings somebody. */
  public static final String HOSTILE =
      "a\u001b[2J\u009b31m\nb\u202ec\u2028d\r\u0007|`<img src=x>@admin](http://x)\u007f\u200b";

  private static final Owner LINDA = Owner.partner(new ResourceName("linda"));

  private Plans() {}

  public static Plan empty() {
    return new Plan(SLART, REVISION, List.of(), List.of(), List.of(), List.of(), List.of());
  }

  /** One of everything. */
  public static Plan full() {
    return new Plan(
        SLART,
        REVISION,
        List.of(
            change(Action.CREATE, Kind.IMAGE, "tiny", Owner.SITE, "it is not in the store"),
            create(),
            restart(),
            stop(),
            delete()),
        List.of(
            new Refusal(
                "memory",
                LINDA,
                "instance big asks for 64GiB, and the host has 2GiB to give",
                "Ask for less, or raise 'memory' in hosts/slart.yaml if the host has it.")),
        List.of(
            new Waiting(
                new ResourceName("web"),
                Owner.SITE,
                Waiting.Until.WINDOW,
                "restart: window, and none is open",
                List.of(new FieldChange("memory", "64MiB", "128MiB")))),
        List.of(image()),
        List.of(problem()));
  }

  /** Foreign text wherever a plan can hold any. */
  public static Plan hostile() {
    Change change =
        new Change(
            "start/instance/linda",
            Action.START,
            Kind.INSTANCE,
            new ResourceName("linda"),
            LINDA,
            Cause.CORRECTIVE,
            HOSTILE,
            Disruption.NONE,
            List.of(new FieldChange(HOSTILE, HOSTILE, HOSTILE + "x")),
            List.of(),
            List.of(),
            step());
    Problem problem = new Problem(HOSTILE, HOSTILE, HOSTILE, HOSTILE, new Location(HOSTILE, 1, 2));
    return new Plan(
        SLART,
        HOSTILE,
        List.of(change),
        List.of(new Refusal(HOSTILE, LINDA, HOSTILE, HOSTILE)),
        List.of(
            new Waiting(
                new ResourceName("web"),
                LINDA,
                Waiting.Until.BACKOFF,
                HOSTILE,
                List.of(new FieldChange(HOSTILE, null, HOSTILE)))),
        List.of(),
        List.of(problem));
  }

  /** A new version with everybody that one can meet, and one that stood on another image. */
  private static ImageChange image() {
    ResourceName tiny = new ResourceName("tiny");
    List<ImageChange.Affected> affected = new ArrayList<>();
    for (ImageChange.Fate fate : ImageChange.Fate.values()) {
      affected.add(
          new ImageChange.Affected(
              new ResourceName(fate.name().toLowerCase(Locale.ROOT)),
              LINDA,
              fate == ImageChange.Fate.KEEPS ? ImageChangePolicy.KEEP : ImageChangePolicy.REPLACE,
              fate));
    }
    for (int i = 0; i < 11; i++) {
      affected.add(
          new ImageChange.Affected(
              new ResourceName("web-" + i),
              Owner.SITE,
              ImageChangePolicy.KEEP,
              ImageChange.Fate.KEEPS));
    }
    List<ResourceName> staying = List.of(new ResourceName("keeps"), new ResourceName("waits"));
    return new ImageChange(
        tiny,
        Digest.ofText("tiny 2"),
        ByteSize.mib(700),
        true,
        List.of(
            new ImageChange.OldVersion(
                new ResourceName("old"), Digest.ofText("old"), null, List.of()),
            new ImageChange.OldVersion(tiny, Digest.ofText("tiny"), ByteSize.mib(64), staying)),
        affected);
  }

  /** One that is stored, and that everybody stays away from. */
  public static ImageChange untouched() {
    ResourceName linda = new ResourceName("linda");
    return new ImageChange(
        new ResourceName("tiny"),
        Digest.ofText("tiny 2"),
        ByteSize.mib(64),
        true,
        List.of(
            new ImageChange.OldVersion(
                new ResourceName("tiny"), Digest.ofText("tiny"), ByteSize.mib(64), List.of(linda))),
        List.of(
            new ImageChange.Affected(
                linda, LINDA, ImageChangePolicy.KEEP, ImageChange.Fate.KEEPS)));
  }

  public static Problem problem() {
    return Problem.of("unknown-field", "unknown field 'memry'")
        .detail("spec has: image, kernel, memory")
        .hint("Did you mean 'memory'?")
        .at(new Location("partners/bob/bob.yaml", 7, 3));
  }

  public static Change change(Action action, Kind kind, String name, Owner owner, String reason) {
    return new Change(
        Change.id(action, kind, name),
        action,
        kind,
        new ResourceName(name),
        owner,
        Cause.INTENDED,
        reason,
        Disruption.NONE,
        List.of(),
        List.of(),
        List.of(),
        step());
  }

  private static Change create() {
    String key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBp0nq2rK7qXcXlXo2x6hJ6m0F1s5xR3oY0b7vJ9wZ1k";
    return new Change(
        "create/instance/linda",
        Action.CREATE,
        Kind.INSTANCE,
        new ResourceName("linda"),
        LINDA,
        Cause.INTENDED,
        "its document is new",
        Disruption.NONE,
        List.of(
            new FieldChange("authorizedKeys", null, key + " linda@home"),
            new FieldChange("memory", null, "128MiB")),
        List.of("create/image/tiny"),
        List.of(),
        step());
  }

  private static Change restart() {
    String key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBp0nq2rK7qXcXlXo2x6hJ6m0F1s5xR3oY0b7vJ9";
    return new Change(
        "restart/instance/bob",
        Action.RESTART,
        Kind.INSTANCE,
        new ResourceName("bob"),
        Owner.partner(new ResourceName("bob")),
        Cause.CORRECTIVE,
        "its kernel runs with other settings",
        Disruption.RESTART,
        List.of(
            new FieldChange(
                "authorizedKeys", key + "wZ1k a@x", key + "wZ1k a@x, " + key + "wZ2k b"),
            new FieldChange("memory", "64MiB", "128MiB"),
            new FieldChange("swap", "256MiB", null)),
        List.of(),
        List.of("create/instance/linda", "create/image/tiny"),
        step());
  }

  private static Change stop() {
    return change(Action.STOP, Kind.INSTANCE, "mail", Owner.SITE, "'power: stopped'");
  }

  private static Change delete() {
    return new Change(
        "delete/instance/frank",
        Action.DELETE,
        Kind.INSTANCE,
        new ResourceName("frank"),
        Owner.partner(new ResourceName("frank")),
        Cause.INTENDED,
        "its document is gone",
        Disruption.DATA,
        List.of(),
        List.of(),
        List.of(),
        step());
  }

  private static Step step() {
    return new Step.RemovePort(new InterfaceName("fj-test"));
  }
}
