package dev.fjord.load;

import dev.fjord.load.document.DocumentKind;
import dev.fjord.load.document.Said;
import dev.fjord.load.document.SiteSpec;
import dev.fjord.model.Contest;
import dev.fjord.model.Desired;
import dev.fjord.model.Displaced;
import dev.fjord.model.Instance;
import dev.fjord.model.Owner;
import dev.fjord.model.Partner;
import dev.fjord.model.Rename;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Switch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** From documents to what they mean together. */
final class Resolve {
  private Resolve() {}

  /** Returns null when a fault concerns everybody. */
  static @Nullable Desired everything(Catalogue catalogue, ProblemCollector problems) {
    siteReferences(catalogue, problems);
    SwitchChecks.run(catalogue, problems);
    InstanceResolver resolver = new InstanceResolver(catalogue, problems);
    List<Resolved> resolved =
        catalogue.instances.stream().map(resolver::resolve).filter(Objects::nonNull).toList();
    StartChecks.run(catalogue, problems);
    RenameChecks.run(catalogue, problems);
    QuotaChecks.run(catalogue, resolved, problems);
    NicChecks.run(catalogue, resolved, problems);
    BlockChecks.run(catalogue, resolved, problems);
    List<Contest> contests = Contests.find(catalogue, resolved);
    contests.forEach(contest -> problems.addShared(owners(contest), contest.problem()));
    SiteSpec site = catalogue.site;
    return site == null || problems.holdEverything()
        ? null
        : desired(site, catalogue, resolved, contests, problems.held());
  }

  private static List<Owner> owners(Contest contest) {
    return contest.claims().stream().map(Instance::owner).distinct().toList();
  }

  private static Desired desired(
      SiteSpec site,
      Catalogue catalogue,
      List<Resolved> resolved,
      List<Contest> contests,
      Set<Owner> held) {
    Set<Instance> contested = new HashSet<>();
    contests.forEach(contest -> contested.addAll(contest.claims()));
    List<Instance> instances =
        resolved.stream()
            .map(Resolved::instance)
            .filter(instance -> !held.contains(instance.owner()) && !contested.contains(instance))
            .sorted(Comparator.comparing(Instance::name))
            .toList();
    Map<ResourceName, Switch> switches = new LinkedHashMap<>();
    catalogue.switches.forEach((name, spec) -> switches.put(name, spec.network()));
    Map<ResourceName, Partner> partners = new LinkedHashMap<>();
    catalogue.partners.forEach((name, spec) -> partners.put(name, spec.partner()));
    return new Desired(
        site.site(),
        catalogue.hosts,
        catalogue.kernels,
        catalogue.images,
        switches,
        partners,
        instances,
        held,
        contests,
        displaced(catalogue, held),
        renames(resolved, held));
  }

  /** A document among the files of an owner who is held may have come from another owner's. */
  private static List<Displaced> displaced(Catalogue catalogue, Set<Owner> held) {
    Stream<Displaced> waiting =
        catalogue.instances.stream()
            .filter(claim -> held.contains(claim.owner()))
            .map(claim -> displaced(catalogue, claim));
    return Stream.concat(catalogue.displaced.stream(), waiting)
        .sorted(
            Comparator.comparing(
                    Displaced::name, Comparator.nullsLast(Comparator.<ResourceName>naturalOrder()))
                .thenComparing(Displaced::where))
        .toList();
  }

  private static Displaced displaced(Catalogue catalogue, Claim claim) {
    ResourceName partner = claim.owner().partner();
    boolean isSomebodys = partner == null || catalogue.partners.containsKey(partner);
    return new Displaced(
        claim.name(), isSomebodys ? claim.owner() : null, claim.document().where());
  }

  private static List<Rename> renames(List<Resolved> resolved, Set<Owner> held) {
    List<Rename> renames = new ArrayList<>();
    for (Resolved one : resolved) {
      Said<ResourceName> formerly = one.claim().spec().formerly();
      if (formerly != null && !held.contains(one.claim().owner())) {
        renames.add(new Rename(one.claim().owner(), formerly.value(), one.claim().name()));
      }
    }
    return renames;
  }

  private static void siteReferences(Catalogue catalogue, ProblemCollector problems) {
    SiteSpec site = catalogue.site;
    if (site != null) {
      siteReference(catalogue, problems, site.image(), "image", DocumentKind.IMAGE);
      siteReference(catalogue, problems, site.kernel(), "kernel", DocumentKind.KERNEL);
    }
  }

  private static void siteReference(
      Catalogue catalogue,
      ProblemCollector problems,
      @Nullable Said<ResourceName> said,
      String field,
      DocumentKind kind) {
    if (said != null && catalogue.names.lacks(kind, said.value())) {
      problems.add(
          Scope.EVERYTHING,
          catalogue
              .names
              .dangling("the site names the default " + field, kind, said.value())
              .at(said.at()));
    }
  }
}
