package dev.fjord.load;

import dev.fjord.load.document.DocumentKind;
import dev.fjord.load.document.InstanceSpec;
import dev.fjord.load.document.Said;
import dev.fjord.load.document.SiteSpec;
import dev.fjord.load.document.Spec;
import dev.fjord.model.AuthorizedKey;
import dev.fjord.model.ByteSize;
import dev.fjord.model.ImageChangePolicy;
import dev.fjord.model.Instance;
import dev.fjord.model.Nic;
import dev.fjord.model.ResourceName;
import dev.fjord.model.StartOrder;
import dev.fjord.problem.Location;
import dev.fjord.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Fills in an instance's defaults and follows its references. */
final class InstanceResolver {
  private static final Location NOWHERE = Location.file(Folder.SITE_FILE);

  private final Catalogue catalogue;
  private final Names names;
  private final Faults faults;

  InstanceResolver(Catalogue catalogue, Faults faults) {
    this.catalogue = catalogue;
    this.names = catalogue.names;
    this.faults = faults;
  }

  /** Returns null when something is wrong with it; what its other fields refer to is still held. */
  @Nullable Resolved resolve(Claim claim) {
    InstanceSpec spec = claim.spec();
    SiteSpec site = catalogue.site;
    ResourceName host = host(claim);
    ResourceName image =
        reference(
            claim, "image", DocumentKind.IMAGE, spec.image(), site == null ? null : site.image());
    ResourceName kernel =
        reference(
            claim,
            "kernel",
            DocumentKind.KERNEL,
            spec.kernel(),
            site == null ? null : site.kernel());
    ByteSize memory = memory(claim, site);
    List<Nic> network = network(claim);
    if (!claim.document().sound()
        || host == null
        || image == null
        || kernel == null
        || memory == null
        || network == null) {
      return null;
    }
    Said<ByteSize> swap = spec.swap() != null || site == null ? spec.swap() : site.swap();
    Instance instance =
        new Instance(
            claim.name(),
            claim.owner(),
            host,
            image,
            kernel,
            memory,
            swap == null ? ByteSize.ZERO : swap.value(),
            spec.volumes(),
            network,
            spec.power(),
            new StartOrder(spec.order(), spec.after().stream().map(Said::value).toList()),
            spec.hostname() == null ? claim.name() : spec.hostname().value(),
            keys(claim),
            ImageChangePolicy.KEEP,
            spec.restart(),
            claim.document().where());
    return new Resolved(instance, claim);
  }

  private @Nullable ResourceName host(Claim claim) {
    Said<ResourceName> said = claim.spec().host();
    Set<ResourceName> hosts = names.of(DocumentKind.HOST);
    if (said != null) {
      return reference(claim, "host", DocumentKind.HOST, said, null);
    }
    if (names.lacksAny(DocumentKind.HOST)) {
      faults.add(
          Scope.EVERYTHING,
          Problem.of("no-host", "there are instances, and no Host to run them")
              .hint("declare the machine in " + DocumentKind.HOST.home())
              .at(NOWHERE));
    } else if (hosts.size() > 1 && claim.document().sound()) {
      faults.add(
          claim.scope(),
          Problem.of("missing-field", claim.title() + " names no host, and there are several")
              .hint("write host: and one of " + joined(hosts))
              .at(claim.document().where()));
    }
    return hosts.size() == 1 ? hosts.iterator().next() : null;
  }

  private static String joined(Set<ResourceName> names) {
    return String.join(", ", names.stream().limit(10).map(ResourceName::value).toList());
  }

  private @Nullable ResourceName reference(
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
      faults.add(
          claim.scope(),
          names.dangling(claim.title() + " names " + field, kind, said.value()).at(said.at()));
      return null;
    }
    return said.value();
  }

  private @Nullable ByteSize memory(Claim claim, @Nullable SiteSpec site) {
    Said<ByteSize> said = claim.spec().memory();
    if (said == null && site != null) {
      said = site.memory();
    }
    if (said == null) {
      missing(claim, "memory");
      return null;
    }
    return said.value();
  }

  /** Of a document or a site with faults it is not known that it says nothing. */
  private void missing(Claim claim, String field) {
    if (claim.document().sound() && catalogue.site != null) {
      faults.add(
          claim.scope(),
          Problem.of(
                  "missing-field",
                  claim.title() + " names no " + field + ", and the site has no default")
              .hint("write " + field + ": here, or in spec.defaults of " + Folder.SITE_FILE)
              .at(claim.document().where()));
    }
  }

  private @Nullable List<Nic> network(Claim claim) {
    List<Nic> network = new ArrayList<>();
    boolean right = true;
    for (InstanceSpec.Plug plug : claim.spec().network()) {
      ResourceName name = reference(claim, "switch", DocumentKind.SWITCH, plug.network(), null);
      Spec.OfSwitch found = name == null ? null : catalogue.switches.get(name);
      Problem fault =
          found == null || plug.address() == null
              ? null
              : AddressCheck.fault(claim.title(), plug.address(), found.network());
      if (fault != null) {
        faults.add(claim.scope(), fault);
      }
      right &= name != null && fault == null;
      network.add(
          new Nic(plug.network().value(), plug.address() == null ? null : plug.address().value()));
    }
    return right ? network : null;
  }

  private List<AuthorizedKey> keys(Claim claim) {
    if (claim.spec().keys() != null) {
      return claim.spec().keys().value();
    }
    ResourceName partner = claim.owner().partner();
    Spec.OfPartner found = partner == null ? null : catalogue.partners.get(partner);
    return found == null ? List.of() : found.partner().keys();
  }
}
