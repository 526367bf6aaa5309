package dev.fjord.planner.network;

import dev.fjord.model.Cidr;
import dev.fjord.model.Desired;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Ipv6Address;
import dev.fjord.model.Ipv6Subnet;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedBridge;
import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Switch;
import dev.fjord.plan.Action;
import dev.fjord.plan.Cause;
import dev.fjord.plan.Change;
import dev.fjord.plan.Disruption;
import dev.fjord.plan.FieldChange;
import dev.fjord.plan.Kind;
import dev.fjord.plan.Refusal;
import dev.fjord.plan.Step;
import dev.fjord.planner.draft.Decisions;
import dev.fjord.planner.draft.Draft;
import dev.fjord.planner.draft.Goal;
import dev.fjord.planner.draft.Inputs;
import dev.fjord.planner.draft.PriorState;
import dev.fjord.problem.Problem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Switches: those that are declared exist and are as declared; foreign bridges are left alone. */
public final class SwitchChanges {
  private final Desired desired;
  private final Observed observed;
  private final Draft draft = new Draft();
  private final PriorState prior;
  private final Map<InterfaceName, ObservedBridge> bridges;
  private final Set<ResourceName> provided = new HashSet<>();

  private SwitchChanges(Inputs inputs) {
    this.desired = inputs.desired();
    this.observed = inputs.observed();
    this.prior = inputs.prior();
    this.bridges =
        observed.bridges().stream()
            .collect(Collectors.toMap(ObservedBridge::name, Function.identity(), (a, b) -> a));
  }

  /** Plans the bridges of all declared switches, used or not, and of those that instances name. */
  public static SwitchChanges of(Inputs inputs, Collection<Goal> goals) {
    SwitchChanges switches = new SwitchChanges(inputs);
    Set<ResourceName> names = new TreeSet<>(inputs.desired().switches().keySet());
    goals.forEach(goal -> goal.record().leases().forEach(lease -> names.add(lease.network())));
    names.stream().filter(switches::plan).forEach(switches.provided::add);
    return switches;
  }

  public Decisions decisions() {
    return draft.decisions();
  }

  /** Whether this host has a switch once the plan is done. */
  boolean provides(ResourceName name) {
    return provided.contains(name);
  }

  private boolean plan(ResourceName name) {
    Switch network = desired.switches().get(name);
    if (network == null) {
      draft.refuse(
          "switch",
          Owner.SITE,
          "switch " + name + " is no longer declared",
          "Declare it again, or remove its instances.");
      return false;
    }
    ObservedBridge seen = bridges.get(network.bridge());
    if (network.isExisting()) {
      return isThere(network, seen);
    }
    String other = inTheWay(network, seen);
    if (other != null) {
      refuse(network, other);
      return false;
    }
    ObservedBridge inside = hostInside(network);
    if (inside != null) {
      refuseInside(network, inside);
      return false;
    }
    SwitchGoal goal = SwitchGoal.of(network, observed);
    Refusal uplink = goal.uplink().refusal();
    if (uplink != null) {
      draft.refuse(uplink);
    }
    if (seen == null) {
      add(Action.CREATE, goal, "it is not there", Cause.INTENDED, List.of());
    } else {
      Problem both = goal.bothRouters(seen);
      if (both != null) {
        draft.report(both);
      }
      List<FieldChange> fields = goal.fields(seen);
      if (!fields.isEmpty()) {
        Cause cause = cause(fields, seen);
        String reason = cause == Cause.INTENDED ? "its document changed" : "it is not as declared";
        add(Action.UPDATE, goal, reason, cause, fields);
      }
    }
    return true;
  }

  /** Whether the foreign bridge that a switch takes is there. Nothing is done to it. */
  private boolean isThere(Switch network, @Nullable ObservedBridge seen) {
    String why = notToBeHad(network, seen);
    if (why != null) {
      draft.refuse(
          "existing-bridge",
          Owner.SITE,
          "switch %s takes bridge %s of this host ('uplink: existing'), %s; nothing was touched, and"
                  .formatted(network.name(), network.bridge(), why)
              + " no instance of the switch is started",
          "Make the bridge first (ip link add name %s type bridge), or name another one in 'bridge'."
              .formatted(network.bridge()));
    }
    observed.bridges().stream()
        .filter(own -> why == null && network.name().equals(own.network()))
        .filter(own -> !own.addresses().isEmpty() || !own.routing().addresses6().isEmpty())
        .forEach(own -> leave(network, own));
    return why == null;
  }

  /**
   * Removes the host's addresses from the bridge that a switch had of its own. The router has them
   * now, and with them the host would look for machines on that bridge which are on the other one.
   */
  private void leave(Switch network, ObservedBridge own) {
    List<String> addresses = new ArrayList<>();
    own.addresses().forEach(address -> addresses.add(address.toString()));
    addresses.addAll(own.routing().addresses6());
    draft.add(
        new Change(
            leaving(network.name()),
            Action.UPDATE,
            Kind.SWITCH,
            network.name(),
            Owner.SITE,
            Cause.INTENDED,
            "it takes bridge " + network.bridge() + ", and leaves its own, " + own.name(),
            Disruption.NONE,
            List.of(new FieldChange(own.name() + ".addresses", addresses.toString(), null)),
            List.of(),
            List.of(),
            new Step.SetUpSwitch(
                network.name(),
                own.name(),
                null,
                null,
                null,
                own.routing().mtu(),
                SwitchSettings.closed(own.name()))));
  }

  private static String leaving(ResourceName network) {
    return Change.id(Action.UPDATE, Kind.SWITCH, network + "/left");
  }

  private @Nullable String notToBeHad(Switch network, @Nullable ObservedBridge seen) {
    if (seen == null) {
      String tap = inTheWay(network, null);
      return tap == null ? "which is not there" : "which is no bridge: " + tap;
    }
    if (seen.network() != null) {
      return "which is fjord's own, of switch " + seen.network();
    }
    return seen.routing().bridge() ? null : "which is an interface and no bridge";
  }

  private Cause cause(List<FieldChange> fields, ObservedBridge seen) {
    Switch before = prior.desired().switches().get(Objects.requireNonNull(seen.network()));
    return PriorState.cause(
        fields,
        before != null && before.bridge().equals(seen.name())
            ? SwitchGoal.of(before, observed).fields(seen)
            : List.of());
  }

  /**
   * Whether a switch is declared, and this host does not have it: a link of its bridge's name is
   * not fjord's. Nothing is to be done to that link, and nothing is to be said about it.
   */
  boolean refuses(ResourceName name) {
    return desired.switches().containsKey(name) && !provides(name);
  }

  /** Whether a link with the name of this switch's bridge is not fjord's. */
  boolean isForeign(Switch network) {
    ObservedBridge seen = bridges.get(network.bridge());
    return (network.isExisting() ? notToBeHad(network, seen) : inTheWay(network, seen)) != null;
  }

  /** What else has the name of its bridge; null for nothing. */
  private @Nullable String inTheWay(Switch network, @Nullable ObservedBridge seen) {
    if (seen != null) {
      return network.name().equals(seen.network())
          ? null
          : seen.network() == null
              ? "an interface of that name was made by somebody else"
              : "a bridge of that name is that of switch " + seen.network();
    }
    return observed.ports().stream()
        .filter(port -> port.tap().equals(network.bridge()))
        .findFirst()
        .map(port ->
            port.instance() == null
                ? "a tap of that name was made by somebody else"
                : "a port of that name is that of instance " + port.instance())
        .orElse(null);
  }

  private void refuse(Switch network, String other) {
    draft.refuse(
        "foreign-bridge",
        Owner.SITE,
        "switch "
            + network.name()
            + " needs bridge "
            + network.bridge()
            + ", and "
            + other
            + "; it is left alone, nothing is filtered or translated by it, and no instance of the"
            + " switch is started",
        "Name another bridge in the Switch's 'bridge', or remove that one by hand.");
  }

  /**
   * The interface by which the host itself is in the network of a switch whose gateway it is to be;
   * null for none. The machines that are there already would be taken for senders that spoof a
   * guest's address, and be cut off. An address without a network does no harm, nor does one of a
   * larger network of which a part is routed here.
   */
  private @Nullable ObservedBridge hostInside(Switch network) {
    return !network.isRoutedByHost()
        ? null
        : observed.bridges().stream()
            .filter(one -> one.network() == null && addressIn(network, one).isPresent())
            .findFirst()
            .orElse(null);
  }

  private static Optional<String> addressIn(Switch network, ObservedBridge one) {
    Stream<String> fours =
        one.addresses().stream()
            .filter(own -> own.prefix() < 32 && network.subnet().contains(own.address()))
            .map(Cidr::toString);
    Ipv6Subnet ipv6 = network.ipv6();
    Stream<String> sixes =
        ipv6 == null
            ? Stream.of()
            : one.routing().addresses6().stream()
                .filter(own -> !own.endsWith("/128"))
                .filter(
                    own -> ipv6.contains(Ipv6Address.parse(own.substring(0, own.indexOf('/')))));
    return Stream.concat(fours, sixes).findFirst();
  }

  private void refuseInside(Switch network, ObservedBridge inside) {
    draft.refuse(
        "foreign-subnet",
        Owner.SITE,
        "switch %s is a network that this host is in already, with %s on interface %s; nothing is"
                .formatted(network.name(), addressIn(network, inside).orElseThrow(), inside.name())
            + " done, or whoever is there would be cut off, and no instance of the switch is"
            + " started",
        "Give the Switch another subnet; to have its instances in that network, take 'uplink:"
            + " bridged' and 'uplinkInterface: "
            + inside.name()
            + "'.");
  }

  private void add(
      Action action, SwitchGoal goal, String reason, Cause cause, List<FieldChange> fields) {
    Switch network = goal.network();
    draft.add(
        new Change(
            id(action, network.name()),
            action,
            Kind.SWITCH,
            network.name(),
            Owner.SITE,
            cause,
            reason,
            Disruption.NONE,
            fields,
            List.of(),
            List.of(),
            goal.step()));
  }

  /** The changes of this plan that make or mend a switch. */
  List<String> idsOf(ResourceName network) {
    return draft.present(ids(network));
  }

  /** The changes of this plan that a start must wait for. */
  public static List<String> ids(InstanceRecord record) {
    return record.leases().stream().flatMap(lease -> ids(lease.network()).stream()).toList();
  }

  private static List<String> ids(ResourceName network) {
    return List.of(id(Action.CREATE, network), id(Action.UPDATE, network), leaving(network));
  }

  private static String id(Action action, ResourceName network) {
    return Change.id(action, Kind.SWITCH, network.value());
  }
}
