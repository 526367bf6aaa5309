package dev.fjord.report;

import dev.fjord.model.Cidr;
import dev.fjord.model.IpAddress;
import dev.fjord.model.ResourceName;
import dev.fjord.plan.AddressMap;
import dev.fjord.plan.AddressMap.Use;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The addresses of every switch as programs read them. */
public record AddressesJson(int version, List<BlockJson> switches) {
  private static final int VERSION = 1;

  /**
   * One switch.
   *
   * @param free those of its pool
   * @param addresses all of IPv4 in ranges of one use; of IPv6 those that are not free
   */
  record BlockJson(
      ResourceName name, Cidr subnet, int leased, int free, List<EntryJson> addresses) {
    static BlockJson of(AddressMap.Block block) {
      List<EntryJson> entries =
          Stream.concat(block.ipv4().stream(), block.ipv6().stream()).map(EntryJson::of).toList();
      return new BlockJson(
          block.network(), block.subnet(), block.count(Use.LEASED), block.count(Use.FREE), entries);
    }
  }

  /**
   * A range.
   *
   * @param partner null for the site's own, too
   */
  record EntryJson(
      IpAddress first,
      IpAddress last,
      int count,
      Use use,
      @Nullable ResourceName instance,
      @Nullable ResourceName partner,
      @Nullable Instant until) {
    static EntryJson of(AddressMap.Entry entry) {
      return new EntryJson(
          entry.first(),
          entry.last(),
          entry.count(),
          entry.use(),
          entry.instance(),
          entry.owner() == null ? null : entry.owner().partner(),
          entry.until());
    }
  }

  /** Indented. */
  public static String text(AddressMap map) {
    return Json.pretty(
        new AddressesJson(VERSION, map.blocks().stream().map(BlockJson::of).toList()));
  }
}
