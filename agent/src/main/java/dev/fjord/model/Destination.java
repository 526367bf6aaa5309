package dev.fjord.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What guests of a switch may reach beyond it.
 *
 * @param to an address or subnet of either version, as nft(8) reads it: without host bits
 * @param protocol null for all of them, and then there are no ports
 * @param ports empty for all of them
 */
public record Destination(String to, @Nullable Protocol protocol, List<PortRange> ports) {
  public Destination {
    ports = List.copyOf(ports);
  }
}
