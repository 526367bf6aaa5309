package dev.fjord.load;

import dev.fjord.load.document.DocumentKind;
import dev.fjord.load.document.Said;
import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.Problem;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Whether what instances start after is there, and can come first. */
final class StartChecks {
  private static final int MOST_NAMED = 10;

  private final Map<ResourceName, Claim> claims = new TreeMap<>();
  private final Faults faults;

  private StartChecks(Faults faults) {
    this.faults = faults;
  }

  static void run(Catalogue catalogue, Faults faults) {
    StartChecks checks = new StartChecks(faults);
    for (Claim claim : catalogue.instances) {
      checks.claims.putIfAbsent(claim.name(), claim);
      for (Said<ResourceName> after : claim.spec().after()) {
        if (catalogue.names.lacks(DocumentKind.INSTANCE, after.value())) {
          faults.add(
              claim.scope(),
              catalogue
                  .names
                  .dangling(claim.title() + " starts after", DocumentKind.INSTANCE, after.value())
                  .at(after.at()));
        }
      }
    }
    StartCycles.of(checks.edges()).forEach(checks::report);
  }

  private Map<ResourceName, List<ResourceName>> edges() {
    Map<ResourceName, List<ResourceName>> edges = new TreeMap<>();
    claims.forEach(
        (name, claim) -> edges.put(name, claim.spec().after().stream().map(Said::value).toList()));
    return edges;
  }

  /** Each of the owners can break the cycle, and nobody knows which of them should. */
  private void report(List<ResourceName> cycle) {
    String names =
        String.join(", ", cycle.stream().limit(MOST_NAMED).map(ResourceName::value).toList());
    String text =
        cycle.size() == 1
            ? "Instance " + names + " is to start after itself"
            : "instances wait for each other to start: "
                + names
                + (cycle.size() > MOST_NAMED ? ", …" : "");
    Set<Owner> told = new HashSet<>();
    for (ResourceName name : cycle) {
      Claim claim = claims.get(name);
      if (claim != null && told.add(claim.owner())) {
        faults.add(
            claim.scope(),
            Problem.of("start-cycle", text)
                .hint("take one name out of a start.after")
                .at(claim.document().where()));
      }
    }
  }
}
