package dev.fjord.host.linux.origin.web;

import java.time.Duration;
import java.util.List;

/**
 * How long a server is waited for. A run of the agent waits for its downloads, and a push waits for
 * the run: so each of them has an end, also where a server sends very slowly.
 *
 * @param connect until the server accepts the connection
 * @param stall how long one may wait for fewer bytes than {@code least}
 * @param least bytes
 * @param slice what one run gives a download that the next run can go on with
 * @param whole what one run gives a download that no later run can continue
 * @param waits before each further attempt within a run
 */
public record TransferLimits(
    Duration connect,
    Duration stall,
    long least,
    Duration slice,
    Duration whole,
    List<Duration> waits) {
  public static final TransferLimits USUAL =
      new TransferLimits(
          Duration.ofSeconds(30),
          Duration.ofSeconds(60),
          60 << 10,
          Duration.ofMinutes(10),
          Duration.ofHours(1),
          List.of(Duration.ofSeconds(1), Duration.ofSeconds(3), Duration.ofSeconds(9)));
}
