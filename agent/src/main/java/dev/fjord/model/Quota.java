package dev.fjord.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How much a partner's instances may have in all, over every host.
 *
 * @param instances their number
 * @param memory of all instances, stopped ones included
 * @param disk of all swap and volumes, and of what roots are larger than their images; what lies in
 *     the trash counts with the blocks that it takes
 * @param addresses over all switches
 * @param ports of the host that may lead to them; null for none
 * @param prefixes blocks of addresses that may be behind them
 */
public record Quota(
    int instances,
    ByteSize memory,
    ByteSize disk,
    int addresses,
    @Nullable PortRange ports,
    List<IpPrefix> prefixes) {
  public Quota {
    prefixes = List.copyOf(prefixes);
  }
}
