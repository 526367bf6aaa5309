package dev.fjord.load.document;

import dev.fjord.model.Host;
import dev.fjord.model.Image;
import dev.fjord.model.Kernel;
import dev.fjord.model.Partner;
import dev.fjord.model.Switch;
import dev.fjord.problem.Location;
import org.jspecify.annotations.Nullable;

/**
 * What a document says. Kinds that refer to no other document have their whole meaning here; a site
 * and an instance have theirs once {@code Resolve} has seen the rest of the repository.
 */
public sealed interface Spec permits Spec.Complete, SiteSpec, InstanceSpec {

  /** A spec that refers to nothing. */
  sealed interface Complete extends Spec {}

  record OfHost(Host host) implements Complete {}

  record OfKernel(Kernel kernel) implements Complete {}

  /**
   * An image.
   *
   * @param script the file of the repository whose text belongs to its origin and is not there yet;
   *     null when it has none
   */
  record OfImage(Image image, @Nullable Said<String> script) implements Complete {}

  /**
   * A switch.
   *
   * @param bridgeAt where its bridge is named, or the switch itself
   */
  record OfSwitch(Switch network, Location subnetAt, Location subnet6At, Location bridgeAt)
      implements Complete {}

  record OfPartner(Partner partner, Location quotaAt) implements Complete {}
}
