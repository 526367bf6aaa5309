package dev.fjord.load;

import dev.fjord.load.document.DocumentKind;
import dev.fjord.load.document.Said;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.Location;
import dev.fjord.problem.Problem;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Follows an instance's references to other documents. */
final class References {
  private static final int MOST_LISTED = 10;

  private final Catalogue catalogue;
  private final Names names;
  private final ProblemCollector problems;

  References(Catalogue catalogue, ProblemCollector problems) {
    this.catalogue = catalogue;
    this.names = catalogue.names;
    this.problems = problems;
  }

  /** The host that a claim names, or the only one; null when there is none. */
  @Nullable ResourceName host(Claim claim) {
    Said<ResourceName> said = claim.spec().host();
    Set<ResourceName> hosts = names.of(DocumentKind.HOST);
    if (said != null) {
      return follow(claim, "host", DocumentKind.HOST, said, null);
    }
    if (names.lacksAny(DocumentKind.HOST)) {
      problems.addBefore(
          Scope.EVERYTHING,
          Problem.of("no-host", "there are instances, and no Host to run them")
              .hint("declare the machine in " + DocumentKind.HOST.home())
              .at(Location.file(Folder.SITE_FILE)));
    } else if (hosts.size() > 1 && claim.document().sound()) {
      problems.add(
          claim.scope(),
          Problem.of("missing-field", claim.title() + " names no host, and there are several")
              .hint("write host: and one of " + joined(hosts))
              .at(claim.document().where()));
    }
    return hosts.size() == 1 ? hosts.iterator().next() : null;
  }

  private static String joined(Set<ResourceName> names) {
    return String.join(", ", names.stream().limit(MOST_LISTED).map(ResourceName::value).toList());
  }

  /**
   * The name of a document of {@code kind} that is there, or null.
   *
   * @param otherwise the site's default, whose own reference is held elsewhere
   */
  @Nullable ResourceName follow(
      Claim claim,
      String field,
      DocumentKind kind,
      @Nullable Said<ResourceName> said,
      @Nullable Said<ResourceName> otherwise) {
    if (said == null) {
      if (otherwise == null) {
        missing(claim, field);
        return null;
      }
      return otherwise.value();
    }
    if (names.lacks(kind, said.value())) {
      problems.add(
          claim.scope(),
          names.dangling(claim.title() + " names " + field, kind, said.value()).at(said.at()));
      return null;
    }
    return said.value();
  }

  /** Where a document or the site has faults, the field may have been given and lost. */
  void missing(Claim claim, String field) {
    if (claim.document().sound() && catalogue.site != null) {
      problems.add(
          claim.scope(),
          Problem.of(
                  "missing-field",
                  claim.title() + " names no " + field + ", and the site has no default")
              .hint("write " + field + ": here, or in spec.defaults of " + Folder.SITE_FILE)
              .at(claim.document().where()));
    }
  }
}
