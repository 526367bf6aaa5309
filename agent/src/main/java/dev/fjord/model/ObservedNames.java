package dev.fjord.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of names on a host.
 *
 * @param served digest of the names that the daemons were last given; null for unknown
 * @param servers the name servers that the host itself asks
 * @param hosts null where no hosts file is to be written
 */
public record ObservedNames(
    @Nullable String served, List<IpAddress> servers, @Nullable ObservedHosts hosts) {
  public static final ObservedNames NONE = new ObservedNames(null, List.of(), null);

  public ObservedNames {
    servers = List.copyOf(servers);
  }
}
