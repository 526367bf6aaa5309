package dev.fjord.host.linux.network;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fjord.model.Rate;
import dev.fjord.plan.Step;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How much may go to guests: a token bucket (tc-tbf(8)) on the tap, which holds back what comes too
 * fast, and cuts the large pieces that a tap takes. What guests send is limited by the bridge
 * table: tc would need act_police or an ifb for that, which few kernels have; nftables' limit is in
 * every kernel that has nftables.
 */
final class TokenBuckets {
  private static final int SHORTEST_BURST = 16 * 1024;

  /** A fiftieth of a second at full rate: timers of the kernel are not asked to be finer. */
  private static final int BURST_PARTS = 50;

  private final IpCommand ip;

  TokenBuckets(IpCommand ip) {
    this.ip = ip;
  }

  /** All that there are, by the tap: one call. */
  Map<String, Rate> observe() {
    Map<String, Rate> rates = new TreeMap<>();
    for (JsonNode one : ip.queues()) {
      JsonNode options = one.path("options");
      JsonNode rate = options.has("rate64") ? options.path("rate64") : options.path("rate");
      long bits = Math.multiplyExact(rate.asLong(), 8L);
      if (one.path("kind").asText().equals("tbf") && bits >= Rate.LEAST && bits <= Rate.MOST) {
        rates.put(one.path("dev").asText(), new Rate(bits));
      }
    }
    return rates;
  }

  /** Makes the limits of these ports what they should be: one call for all that differ. */
  void set(Collection<Step.Port> ports) {
    Map<String, Rate> now = observe();
    List<String> lines = new ArrayList<>();
    for (Step.Port port : ports) {
      String tap = port.tap().value();
      Rate rate = port.rate();
      if (rate != null && !rate.equals(now.get(tap))) {
        long burst = Math.max(SHORTEST_BURST, rate.bits() / 8 / BURST_PARTS);
        lines.add(
            "qdisc replace dev %s root tbf rate %dbit burst %d latency 50ms"
                .formatted(tap, rate.bits(), burst));
      } else if (rate == null && now.containsKey(tap)) {
        lines.add("qdisc delete dev " + tap + " root");
      }
    }
    if (!lines.isEmpty()) {
      ip.limit(lines);
    }
  }
}
