package dev.fjord.host.linux.network;

import dev.fjord.model.FilteredPort;
import dev.fjord.model.Filters;
import dev.fjord.model.Rate;
import java.util.ArrayList;
import java.util.List;

/**
 * How much may come from guests: a part of the bridge table. What comes too fast is dropped, which
 * TCP takes for congestion, rightly. Limited ports alone have a chain, and are found by a map.
 *
 * <p>nftables' limit is used and not tc(8): a queue holds back only what leaves an interface, and
 * what comes from a guest enters one. Act_police, or an ifb to turn it round, is in few kernels.
 */
final class RateChains {
  /** A tap takes pieces of 64 KiB: one that is larger than the burst would never pass. */
  private static final long SHORTEST_BURST = 128 * 1024;

  private static final int BURST_PARTS = 10;

  private RateChains() {}

  static String of(Filters filters) {
    StringBuilder chains = new StringBuilder();
    List<String> jumps = new ArrayList<>();
    for (FilteredPort port : filters.ports()) {
      Rate rate = port.rate();
      if (rate != null) {
        String chain = "rate_" + jumps.size();
        long bytes = rate.bits() / 8;
        long burst = Math.max(SHORTEST_BURST, bytes / BURST_PARTS);
        chains.append(
            InetTable.chain(
                chain,
                "",
                List.of(
                    "limit rate over %d bytes/second burst %d bytes counter drop"
                        .formatted(bytes, burst))));
        jumps.add(InetTable.quoted(port.lease().tap()) + " : goto " + chain);
      }
    }
    return jumps.isEmpty()
        ? ""
        : chains
            + InetTable.chain(
                "rates",
                "type filter hook prerouting priority -390; policy accept;",
                List.of("iifname vmap " + InetTable.set(jumps, jump -> jump)));
  }
}
