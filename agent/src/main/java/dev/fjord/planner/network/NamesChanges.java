package dev.fjord.planner.network;

import dev.fjord.model.Desired;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.IpAddress;
import dev.fjord.model.Observed;
import dev.fjord.model.ObservedHosts;
import dev.fjord.model.Owner;
import dev.fjord.model.ReservedNames;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Switch;
import dev.fjord.plan.Action;
import dev.fjord.plan.Cause;
import dev.fjord.plan.Change;
import dev.fjord.plan.Disruption;
import dev.fjord.plan.FieldChange;
import dev.fjord.plan.Kind;
import dev.fjord.plan.Step;
import dev.fjord.planner.draft.Decisions;
import dev.fjord.planner.draft.Draft;
import dev.fjord.planner.draft.Inputs;
import dev.fjord.problem.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The files in which guests and the host find the names of instances. */
public record NamesChanges(Desired desired, Observed observed, Draft draft) {
  static final String SERVED = Change.id(Action.UPDATE, Kind.NAMES, "served");
  static final String HOSTS = Change.id(Action.UPDATE, Kind.NAMES, "hosts");

  /** How often a block is written again within {@link #FIGHT} before that stops. */
  private static final int REPAIRS = 3;

  private static final Duration FIGHT = Duration.ofMinutes(10);

  /**
   * Plans what has to change for the host's and the guests' names to be right.
   *
   * @param records of all instances that are to be, or to stay
   */
  public static Decisions plan(Inputs inputs, Collection<InstanceRecord> records) {
    Draft draft = new Draft();
    new NamesChanges(inputs.desired(), inputs.observed(), draft).plan(records);
    return draft.decisions();
  }

  private void plan(Collection<InstanceRecord> records) {
    if (desired.switches().values().stream().anyMatch(each -> each.naming().served())) {
      serve(records);
    }
    ObservedHosts hosts = observed.names().hosts();
    if (hosts != null) {
      host(hosts, records);
    }
  }

  private void serve(Collection<InstanceRecord> records) {
    Set<String> refused = new TreeSet<>();
    List<String> lines = NameRecords.lines(records, desired.switches(), Set.of(), refused);
    refused.forEach(name -> tellTaken(name, "somebody else's"));
    Step.WriteNames step = new Step.WriteNames(String.join("\n", lines) + "\n", serversOfTheHost());
    if (!step.digest().equals(observed.names().served())) {
      add(
          SERVED,
          "served",
          Cause.INTENDED,
          "the names that are served are not those of the instances, or not announced yet",
          List.of(),
          step);
    }
  }

  /** Leaves out servers that are served here: they would be asked their own questions. */
  private List<IpAddress> serversOfTheHost() {
    return observed.names().servers().stream()
        .filter(server ->
            desired.switches().values().stream().noneMatch(each -> isGateway(each, server)))
        .toList();
  }

  private static boolean isGateway(Switch network, IpAddress address) {
    return address.equals(network.gateway())
        || network.ipv6() != null && address.equals(network.ipv6().gateway());
  }

  private void host(ObservedHosts hosts, Collection<InstanceRecord> records) {
    if (hosts.fault() != null) {
      draft.report(hosts.fault());
      return;
    }
    Set<String> refused = new TreeSet<>();
    List<String> lines = NameRecords.lines(records, desired.switches(), hosts.taken(), refused);
    refused.forEach(name -> tellTaken(name, "the host's own, or defined in " + hosts.file()));
    if (lines.equals(hosts.block() == null ? List.of() : hosts.block())) {
      return;
    }
    boolean repair = lines.equals(hosts.written());
    List<FieldChange> fields = differences(hosts.block(), lines);
    if (repair && isFoughtOver(hosts)) {
      draft.refuse(
          "hosts-fight",
          Owner.SITE,
          hosts.file()
              + " was changed back "
              + REPAIRS
              + " times within "
              + FIGHT.toMinutes()
              + " minutes; it is left alone for now. "
              + told(fields)
              + (hosts.suspects().isEmpty() ? "" : ". " + hosts.suspects()),
          "Let one program write that file, or take 'hostsFile' out of the agent's settings.");
      return;
    }
    add(
        HOSTS,
        "hosts",
        repair ? Cause.CORRECTIVE : Cause.INTENDED,
        (repair ? "somebody changed fjord's lines in " : "names of instances for ") + hosts.file(),
        fields,
        new Step.WriteHosts(hosts.file(), lines, repair));
  }

  private boolean isFoughtOver(ObservedHosts hosts) {
    return hosts.repairs().stream()
            .filter(repair -> repair.isAfter(observed.at().minus(FIGHT)))
            .count()
        >= REPAIRS;
  }

  private static List<FieldChange> differences(@Nullable List<String> now, List<String> wanted) {
    List<String> block = Objects.requireNonNullElse(now, List.of());
    List<FieldChange> fields = new ArrayList<>();
    block.stream()
        .filter(line -> !wanted.contains(line))
        .forEach(line -> fields.add(new FieldChange("line", line, null)));
    wanted.stream()
        .filter(line -> !block.contains(line))
        .forEach(line -> fields.add(new FieldChange("line", null, line)));
    return fields;
  }

  private static String told(List<FieldChange> fields) {
    if (fields.isEmpty()) {
      return "The order of its lines differs";
    }
    FieldChange first = fields.get(0);
    return (first.from() == null
            ? "It lacks '" + first.to() + "'"
            : "It has '" + first.from() + "' instead")
        + (fields.size() == 1 ? "" : " and " + (fields.size() - 1) + " more differences");
  }

  private void tellTaken(String name, String whose) {
    String reason = ReservedNames.reason(name);
    draft.report(
        Problem.of("name-taken", "the name " + name + " is not given to an instance")
            .detail(reason == null ? "it is " + whose : reason)
            .hint("Instances are reached by their names with a domain, or by their addresses."));
  }

  private void add(
      String id, String name, Cause cause, String reason, List<FieldChange> fields, Step step) {
    draft.add(
        new Change(
            id,
            Action.UPDATE,
            Kind.NAMES,
            new ResourceName(name),
            Owner.SITE,
            cause,
            reason,
            Disruption.NONE,
            fields,
            List.of(),
            List.of(),
            step));
  }
}
