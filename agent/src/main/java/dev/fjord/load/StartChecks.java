package dev.fjord.load;

import dev.fjord.load.document.DocumentKind;
import dev.fjord.load.document.Said;
import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.Problem;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Whether what instances start after can come first: another one of their owner, or one of the
 * site's. What cannot is reported and has no effect: it is only an order, and a fault here would
 * let others hold back an owner who changed nothing.
 */
final class StartChecks {
  private static final int MOST_NAMED = 10;

  /** Each owner's own documents, since others may write a document of the same name. */
  private final Map<Owner, Map<ResourceName, Claim>> claims = new HashMap<>();

  /** The first of the documents with a name, of whichever owner. */
  private final Map<ResourceName, Claim> first = new HashMap<>();

  private final Catalogue catalogue;
  private final ProblemCollector problems;

  private StartChecks(Catalogue catalogue, ProblemCollector problems) {
    this.catalogue = catalogue;
    this.problems = problems;
    for (Claim claim : catalogue.instances) {
      claims.computeIfAbsent(claim.owner(), none -> new TreeMap<>()).put(claim.name(), claim);
      first.putIfAbsent(claim.name(), claim);
    }
  }

  static void run(Catalogue catalogue, ProblemCollector problems) {
    StartChecks checks = new StartChecks(catalogue, problems);
    for (Claim claim : catalogue.instances) {
      claim.spec().after().forEach(after -> checks.check(claim, after));
    }
    checks.claims.values().stream()
        .sorted(Comparator.comparing(one -> one.values().iterator().next().owner().toString()))
        .forEach(checks::cycles);
  }

  private void check(Claim claim, Said<ResourceName> after) {
    if (has(claim.owner(), after.value()) || has(Owner.SITE, after.value())) {
      return;
    }
    Claim foreign = first.get(after.value());
    if (foreign != null) {
      problems.add(Scope.NOBODY, notItsOwn(claim, after, foreign));
    } else if (catalogue.names.lacks(DocumentKind.INSTANCE, after.value())) {
      problems.add(
          Scope.NOBODY,
          catalogue
              .names
              .dangling(claim.title() + " starts after", DocumentKind.INSTANCE, after.value())
              .at(after.at()));
    }
  }

  private boolean has(Owner owner, ResourceName name) {
    return claims.getOrDefault(owner, Map.of()).containsKey(name);
  }

  private static Problem notItsOwn(Claim claim, Said<ResourceName> after, Claim foreign) {
    return Problem.of(
            "start-after-others",
            "%s starts after '%s', which is an instance of %s"
                .formatted(claim.title(), after.value(), foreign.owner()))
        .detail(
            claim.owner().isSite()
                ? "the site's machines start first, and wait for nobody's but their own"
                : "a partner's machines wait for each other and for the site's, not for those of"
                    + " another partner")
        .hint("take it out of start.after: it has no effect")
        .at(after.at());
  }

  private void cycles(Map<ResourceName, Claim> ofOwner) {
    Map<ResourceName, List<ResourceName>> edges = new TreeMap<>();
    ofOwner.forEach((name, claim) ->
        edges.put(
            name,
            claim.spec().after().stream().map(Said::value).filter(ofOwner::containsKey).toList()));
    StartCycles.of(edges).forEach(cycle -> report(cycle, ofOwner.get(cycle.get(0))));
  }

  private void report(List<ResourceName> cycle, @Nullable Claim claim) {
    String names =
        String.join(", ", cycle.stream().limit(MOST_NAMED).map(ResourceName::value).toList());
    String text =
        cycle.size() == 1
            ? "Instance " + names + " is to start after itself"
            : "instances wait for each other to start: "
                + names
                + (cycle.size() > MOST_NAMED ? ", …" : "");
    if (claim != null) {
      problems.add(
          claim.scope(),
          Problem.of("start-cycle", text)
              .hint("take one name out of a start.after")
              .at(claim.document().where()));
    }
  }
}
