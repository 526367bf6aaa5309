package dev.fjord.plan;

import dev.fjord.model.Cidr;
import dev.fjord.model.IpAddress;
import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which instance has which address of each switch, and what is free. Like a plan, it follows purely
 * from what a revision says and what a host has.
 *
 * @param blocks in order of their switches' names
 */
public record AddressMap(List<Block> blocks) {
  public AddressMap {
    blocks = List.copyOf(blocks);
  }

  /** What an address is used for. */
  public enum Use {
    NETWORK,
    GATEWAY,
    BROADCAST,
    RESERVED,
    /** An instance has it. */
    LEASED,
    /** A document asks for it, and no instance has it yet. */
    NAMED,
    /** An instance in the trash has it, and gets it back. */
    TRASHED,
    /** An instance had it not long ago. */
    QUARANTINED,
    FREE,
    /** Free, and only for a document that names it. */
    OUTSIDE_POOL
  }

  /**
   * Addresses next to each other with one use.
   *
   * @param count 1 where an instance is named
   * @param instance the one that has or had it; null for none
   * @param until when its quarantine ends; null for no end
   */
  public record Entry(
      IpAddress first,
      IpAddress last,
      int count,
      Use use,
      @Nullable ResourceName instance,
      @Nullable Owner owner,
      @Nullable Instant until) {

    /** This entry, with the address next to it added. */
    public Entry joined(IpAddress next) {
      return new Entry(first, next, count + 1, use, instance, owner, until);
    }
  }

  /**
   * The addresses of a switch.
   *
   * @param ipv4 all of them, in order
   * @param ipv6 those that are not free, in order; empty where the switch has none
   */
  public record Block(ResourceName network, Cidr subnet, List<Entry> ipv4, List<Entry> ipv6) {
    public Block {
      ipv4 = List.copyOf(ipv4);
      ipv6 = List.copyOf(ipv6);
    }

    /** How many IPv4 addresses have that use. */
    public int count(Use use) {
      return ipv4.stream().filter(one -> one.use() == use).mapToInt(Entry::count).sum();
    }
  }
}
