package dev.fjord.host.linux.network;

import dev.fjord.model.Cidr;
import dev.fjord.model.FilteredPort;
import dev.fjord.model.Filters;
import dev.fjord.model.InterfaceName;
import dev.fjord.model.Ipv4Address;
import dev.fjord.model.Lease;
import dev.fjord.model.MacAddress;
import dev.fjord.model.Naming;
import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Switch;
import dev.fjord.model.SwitchDriver;
import dev.fjord.model.Traffic;
import dev.fjord.model.UidRange;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.util.List;

/** Whether nft(8) and the host's kernel know all that fjord asks of them. */
public final class FilterProbe {
  private FilterProbe() {}

  /**
   * Has the filters of a switch with one port checked; nothing is set.
   *
   * @throws ProblemException when they could not be set
   */
  public static void run() {
    ResourceName name = new ResourceName("probe");
    Switch network =
        new Switch(
            name,
            SwitchDriver.BRIDGE,
            new InterfaceName("fj-probe"),
            Cidr.parse("192.0.2.0/24"),
            Ipv4Address.parse("192.0.2.1"),
            null,
            List.of(),
            List.of(),
            Traffic.USUAL,
            Naming.none(name),
            null);
    Lease lease =
        new Lease(
            name,
            Ipv4Address.parse("192.0.2.2"),
            null,
            new MacAddress("02:00:00:00:00:02"),
            new InterfaceName("tap-probe"),
            List.of());
    FilteredPort port =
        new FilteredPort(name, Owner.SITE, lease, null, List.of(), false, true, List.of());
    Filters filters = new Filters(new UidRange(1000, 1), List.of(network), List.of(port));
    try {
      new Nft(List.of()).check(Ruleset.of(filters, SpoofCounts.NONE).script());
    } catch (ProblemException e) {
      throw Problem.of("no-filters", "guests could not be held to their addresses")
          .detail(e.problem().detail())
          .hint(
              "It takes root, nftables 1.0.6 or newer, and a kernel with nf_tables for bridges"
                  + " (nft_meta, nft_limit, nf_tables_bridge). Without it only instances on"
                  + " switches with 'filtered: false' are started.")
          .asException(e);
    }
  }
}
