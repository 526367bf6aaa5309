package dev.fjord.load;

import dev.fjord.load.document.DocumentKind;
import dev.fjord.load.document.InstanceSpec;
import dev.fjord.load.document.Said;
import dev.fjord.load.document.SiteSpec;
import dev.fjord.load.document.Spec;
import dev.fjord.model.AuthorizedKey;
import dev.fjord.model.ByteSize;
import dev.fjord.model.GuestSettings;
import dev.fjord.model.Image;
import dev.fjord.model.ImageVersion;
import dev.fjord.model.Instance;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.Ipv6Address;
import dev.fjord.model.Kernel;
import dev.fjord.model.KernelVersion;
import dev.fjord.model.Nic;
import dev.fjord.model.ResourceName;
import dev.fjord.model.StartOrder;
import dev.fjord.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Fills in an instance's defaults and follows its references. */
final class InstanceResolver {
  /** The last kernel with arch/um/drivers/daemon_kern.c. */
  private static final int LAST_MAJOR = 6;

  private static final int LAST_MINOR = 15;

  private final Catalogue catalogue;
  private final References references;
  private final ProblemCollector problems;

  InstanceResolver(Catalogue catalogue, ProblemCollector problems) {
    this.catalogue = catalogue;
    this.references = new References(catalogue, problems);
    this.problems = problems;
  }

  /** Returns null when something is wrong with it; what its other fields refer to is still held. */
  @Nullable Resolved resolve(Claim claim) {
    InstanceSpec spec = claim.spec();
    SiteSpec site = catalogue.site;
    ResourceName host = references.host(claim);
    ResourceName image =
        references.follow(
            claim, "image", DocumentKind.IMAGE, spec.image(), site == null ? null : site.image());
    ResourceName kernel =
        references.follow(
            claim,
            "kernel",
            DocumentKind.KERNEL,
            spec.kernel(),
            site == null ? null : site.kernel());
    ByteSize memory = memory(claim, site);
    List<Nic> network = network(claim);
    List<ImageVersion> shared = shared(claim);
    if (!claim.document().sound()
        || host == null
        || image == null
        || kernel == null
        || memory == null
        || network == null
        || shared == null
        || isBelowImage(claim, image)
        || isTooNew(claim, kernel)
        || !CaptureCheck.fits(claim, catalogue, problems)) {
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
            spec.onImageChange(),
            spec.restart(),
            spec.root() == null ? null : spec.root().value(),
            spec.health(),
            spec.cpu(),
            guest(spec, site),
            shared,
            spec.capture() == null ? null : spec.capture().value(),
            claim.document().where());
    return CommandLineCheck.fits(instance, claim, catalogue.switches, problems)
        ? new Resolved(instance, claim)
        : null;
  }

  /** The faults of an image itself were reported with the image. */
  private boolean isBelowImage(Claim claim, ResourceName name) {
    Said<ByteSize> root = claim.spec().root();
    Image image = catalogue.images.get(name);
    if (root == null || image == null || root.value().compareTo(image.size()) >= 0) {
      return false;
    }
    problems.add(
        claim.scope(),
        Problem.of(
                "root-too-small",
                claim.title()
                    + " asks for a root of "
                    + root.value()
                    + ", and its image "
                    + name
                    + " has "
                    + image.size())
            .detail("a root begins as its image, and never becomes smaller than that")
            .hint("write root: " + image.size() + " or more, or leave it out")
            .at(root.at()));
    return true;
  }

  /** The faults of a switch or a kernel itself were reported with it. */
  private boolean isTooNew(Claim claim, ResourceName name) {
    Kernel kernel = catalogue.kernels.get(name);
    boolean wrong = false;
    for (InstanceSpec.Plug plug : claim.spec().network()) {
      Spec.OfSwitch found = catalogue.switches.get(plug.network().value());
      KernelVersion version = kernel == null ? null : kernel.version();
      boolean fits = version != null && version.isAtMost(LAST_MAJOR, LAST_MINOR);
      if (kernel != null && found != null && found.network().hasDaemon() && !fits) {
        wrong = true;
        problems.add(
            claim.scope(),
            Problem.of(
                    "kernel-too-new",
                    claim.title()
                        + " is on Switch "
                        + found.network().name()
                        + " with 'driver: uml_switch', and its kernel "
                        + name
                        + (version == null ? " says no version" : " is " + version))
                .detail(
                    "kernels speak with uml_switch up to 6.15: 6.16 removed the transport that it"
                        + " takes")
                .hint(
                    version == null
                        ? "write version: in the Kernel's document, what 'linux --version' prints"
                        : "take a kernel of 6.15 or older, or a switch with 'driver: bridge'")
                .at(plug.network().at()));
      }
    }
    return wrong;
  }

  private @Nullable ByteSize memory(Claim claim, @Nullable SiteSpec site) {
    Said<ByteSize> said = claim.spec().memory();
    if (said == null && site != null) {
      said = site.memory();
    }
    if (said == null) {
      references.missing(claim, "memory");
      return null;
    }
    return said.value();
  }

  /** Null when one is missing. The faults of an image itself were reported with the image. */
  private @Nullable List<ImageVersion> shared(Claim claim) {
    List<ImageVersion> shared = new ArrayList<>();
    boolean right = true;
    for (Said<ResourceName> said : claim.spec().shared()) {
      ResourceName name = references.follow(claim, "image", DocumentKind.IMAGE, said, null);
      Image image = name == null ? null : catalogue.images.get(name);
      right &= name != null;
      if (image != null) {
        shared.add(new ImageVersion(image.name(), image.version()));
      }
    }
    return right ? shared : null;
  }

  private static GuestSettings guest(InstanceSpec spec, @Nullable SiteSpec site) {
    Said<String> zone = spec.timeZone() != null || site == null ? spec.timeZone() : site.timeZone();
    return new GuestSettings(zone == null ? null : zone.value(), spec.modules());
  }

  private @Nullable List<Nic> network(Claim claim) {
    List<Nic> network = new ArrayList<>();
    boolean right = true;
    for (InstanceSpec.Plug plug : claim.spec().network()) {
      ResourceName name =
          references.follow(claim, "switch", DocumentKind.SWITCH, plug.network(), null);
      Spec.OfSwitch found = name == null ? null : catalogue.switches.get(name);
      List<Problem> wrong =
          found == null ? List.of() : AddressCheck.faults(claim, plug, found.network());
      wrong.forEach(fault -> problems.add(claim.scope(), fault));
      right &= name != null && wrong.isEmpty();
      network.add(
          new Nic(
              plug.network().value(),
              address(claim, plug, found),
              address6(claim, plug, found),
              plug.rate(),
              plug.ports().stream().map(Said::value).toList(),
              plug.defaultRoute(),
              plug.further().stream().map(Said::value).toList(),
              plug.prefixes().stream().map(Said::value).toList()));
    }
    return right ? network : null;
  }

  /** A switch's router has the gateway's address there. */
  private static @Nullable Ipv4Address address(
      Claim claim, InstanceSpec.Plug plug, Spec.@Nullable OfSwitch found) {
    if (found != null && found.network().isRouter(claim.name(), claim.owner())) {
      return found.network().gateway();
    }
    return plug.address() == null ? null : plug.address().value();
  }

  private static @Nullable Ipv6Address address6(
      Claim claim, InstanceSpec.Plug plug, Spec.@Nullable OfSwitch found) {
    if (found != null && found.network().isRouter(claim.name(), claim.owner())) {
      return found.network().ipv6() == null ? null : found.network().ipv6().gateway();
    }
    return plug.address6() == null ? null : plug.address6().value();
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
