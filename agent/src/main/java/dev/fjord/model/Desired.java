package dev.fjord.model;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a revision asks for, every reference resolved. Instances are ordered by name.
 *
 * @param instances without those of a held owner, and without contested ones
 * @param held owners whose files hold a fault: their instances stay as they were last applied
 * @param contests documents that claim the same thing
 * @param displaced documents that stand where they are not read as what they are
 * @param renames what documents say of the names that their instances had before
 */
public record Desired(
    Site site,
    Map<ResourceName, Host> hosts,
    Map<ResourceName, Kernel> kernels,
    Map<ResourceName, Image> images,
    Map<ResourceName, Switch> switches,
    Map<ResourceName, Partner> partners,
    List<Instance> instances,
    Set<Owner> held,
    List<Contest> contests,
    List<Displaced> displaced,
    List<Rename> renames) {
  /** The same with other switches. */
  public Desired with(Map<ResourceName, Switch> others) {
    return new Desired(
        site, hosts, kernels, images, others, partners, instances, held, contests, displaced,
        renames);
  }

  public Desired {
    displaced = List.copyOf(displaced);
    renames = List.copyOf(renames);
    hosts = Map.copyOf(hosts);
    kernels = Map.copyOf(kernels);
    images = Map.copyOf(images);
    switches = Map.copyOf(switches);
    partners = Map.copyOf(partners);
    instances = List.copyOf(instances);
    held = Set.copyOf(held);
    contests = List.copyOf(contests);
  }

  /** Whether a switch is declared, and is a daemon. */
  public boolean hasDaemon(ResourceName network) {
    Switch declared = switches.get(network);
    return declared != null && declared.hasDaemon();
  }
}
