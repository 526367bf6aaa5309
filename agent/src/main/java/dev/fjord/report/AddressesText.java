package dev.fjord.report;

import dev.fjord.model.IpAddress;
import dev.fjord.plan.AddressMap;
import dev.fjord.plan.AddressMap.Block;
import dev.fjord.plan.AddressMap.Entry;
import dev.fjord.plan.AddressMap.Use;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of every switch for people: a picture of the block, then which instance has which
 * address.
 */
public final class AddressesText {
  private static final int COLUMNS = 32;

  /** A larger block is shown by its list alone. */
  private static final int LARGEST_PICTURE = 1024;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'").withZone(ZoneOffset.UTC);

  private AddressesText() {}

  public static String of(AddressMap map, Paint paint) {
    StringBuilder out = new StringBuilder();
    for (Block block : map.blocks()) {
      out.append(out.isEmpty() ? "" : "\n").append(headline(block, paint)).append('\n');
      picture(block, paint, out);
      out.append('\n');
      table(block).forEach(line -> out.append("  ").append(line).append('\n'));
    }
    return out.isEmpty() ? "no switch is declared\n" : out.toString();
  }

  private static String headline(Block block, Paint paint) {
    List<String> parts = new ArrayList<>();
    parts.add(block.count(Use.LEASED) + " leased");
    for (Use use : List.of(Use.NAMED, Use.TRASHED, Use.QUARANTINED, Use.RESERVED)) {
      if (block.count(use) > 0) {
        parts.add(block.count(use) + " " + word(use));
      }
    }
    parts.add(block.count(Use.FREE) + " free");
    if (block.count(Use.OUTSIDE_POOL) > 0) {
      parts.add(block.count(Use.OUTSIDE_POOL) + " free outside of the pool");
    }
    return paint.bold("switch " + block.network())
        + ": "
        + block.subnet()
        + ", "
        + String.join(", ", parts);
  }

  private static void picture(Block block, Paint paint, StringBuilder out) {
    int all = block.ipv4().stream().mapToInt(Entry::count).sum();
    if (all > LARGEST_PICTURE) {
      return;
    }
    StringBuilder line = new StringBuilder();
    for (Entry entry : block.ipv4()) {
      line.append(String.valueOf(symbol(entry.use())).repeat(entry.count()));
    }
    out.append('\n');
    for (int i = 0; i < line.length(); i += COLUMNS) {
      out.append("  ").append(line, i, Math.min(line.length(), i + COLUMNS)).append('\n');
    }
    out.append("  ")
        .append(
            paint.faint(
                "# leased, n named, t trash, q quarantine, r reserved, G gateway, . free,"
                    + " , outside of the pool"))
        .append('\n');
  }

  private static char symbol(Use use) {
    return switch (use) {
      case NETWORK, BROADCAST -> '-';
      case GATEWAY -> 'G';
      case RESERVED -> 'r';
      case LEASED -> '#';
      case NAMED -> 'n';
      case TRASHED -> 't';
      case QUARANTINED -> 'q';
      case FREE -> '.';
      case OUTSIDE_POOL -> ',';
    };
  }

  private static List<String> table(Block block) {
    TextTable table = new TextTable(40, 24, 24);
    block.ipv4().forEach(entry -> row(table, entry));
    block.ipv6().forEach(entry -> row(table, entry));
    return table.lines();
  }

  private static void row(TextTable table, Entry entry) {
    String owner =
        entry.owner() == null
            ? ""
            : Objects.requireNonNullElse(entry.owner().partner(), "site").toString();
    Instant until = entry.until();
    table.row(
        range(entry.first(), entry.last()),
        entry.instance() == null ? "" : entry.instance().value(),
        owner,
        word(entry.use()) + (until == null ? "" : " until " + TIME.format(until)));
  }

  private static String range(IpAddress first, @Nullable IpAddress last) {
    return first.equals(last) ? first.toString() : first + "-" + last;
  }

  private static String word(Use use) {
    return switch (use) {
      case NETWORK -> "network";
      case GATEWAY -> "gateway";
      case BROADCAST -> "broadcast";
      case RESERVED -> "reserved";
      case LEASED -> "leased";
      case NAMED -> "named";
      case TRASHED -> "in the trash";
      case QUARANTINED -> "in quarantine";
      case FREE -> "free";
      case OUTSIDE_POOL -> "free, outside of the pool";
    };
  }
}
