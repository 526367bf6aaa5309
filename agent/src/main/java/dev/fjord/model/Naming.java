package dev.fjord.model;

import java.util.List;

/**
 * How a switch's guests resolve names.
 *
 * @param served whether the host answers them on the gateway's address, with the names of instances
 * @param domain what instances' names are completed with, {@code lan.example.org}
 * @param servers other name servers: asked by the host where it serves, else given to the guests.
 *     Empty where the host serves and asks its own name servers
 */
public record Naming(boolean served, String domain, List<IpAddress> servers) {
  public Naming {
    servers = List.copyOf(servers);
  }

  /** Not served; the domain is the switch's name below {@code internal} (reserved by ICANN). */
  public static Naming none(ResourceName network) {
    return new Naming(false, network + ".internal", List.of());
  }
}
