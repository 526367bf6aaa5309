package dev.fjord.load.document;

import static dev.fjord.model.Watermarks.USUAL;

import dev.fjord.model.AuthorizedKey;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Digest;
import dev.fjord.model.Host;
import dev.fjord.model.IpPrefix;
import dev.fjord.model.Kernel;
import dev.fjord.model.KernelVersion;
import dev.fjord.model.Partner;
import dev.fjord.model.PortRange;
import dev.fjord.model.Quota;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Source;
import dev.fjord.model.UidRange;
import dev.fjord.model.Watermarks;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads hosts, kernels and partners; null where something that is needed is wrong. */
final class SimpleReaders {
  private static final int FIRST_UID = 200_000;
  private static final int UID_COUNT = 1000;

  /** What a command line of 4,096 bytes has left when everything else on it is at its longest. */
  private static final int LONGEST_KEYS_IN_BASE64 = 2900;

  /** What no machine has for others: this host, loopback, the link, groups, what is reserved. */
  private static final List<IpPrefix> SPECIAL =
      Stream.of(
              "0.0.0.0/8",
              "127.0.0.0/8",
              "169.254.0.0/16",
              "224.0.0.0/4",
              "240.0.0.0/4",
              "::/96",
              "fe80::/10",
              "ff00::/8")
          .map(IpPrefix::parse)
          .toList();

  private SimpleReaders() {}

  static @Nullable Spec host(ResourceName name, Part spec) {
    ByteSize memory = Sizes.any(spec.field("memory"));
    ByteSize disk = Sizes.any(spec.field("disk"));
    ByteSize reservedMemory = reserve(spec.field("reserve").field("memory"), memory);
    ByteSize reservedDisk = reserve(spec.field("reserve").field("disk"), disk);
    Part overcommit = spec.field("overcommit");
    Part uids = spec.field("uids");
    if (memory == null || disk == null || reservedMemory == null || reservedDisk == null) {
      return null;
    }
    return new Spec.OfHost(
        new Host(
            name,
            memory,
            disk,
            reservedMemory,
            reservedDisk,
            overcommit.field("memory").number(1.0),
            overcommit.field("disk").number(1.0),
            watermarks(spec.field("watermarks")),
            new UidRange(
                uids.field("first").integer(FIRST_UID), uids.field("count").integer(UID_COUNT))));
  }

  private static Watermarks watermarks(Part part) {
    Integer warn = part.field("warn").read(Watermarks::parsePercent);
    Integer refuse = part.field("refuse").read(Watermarks::parsePercent);
    int from = warn == null ? Math.min(USUAL.warn(), refuse == null ? 100 : refuse) : warn;
    int to = refuse == null ? Math.max(USUAL.refuse(), from) : refuse;
    if (from > to) {
      part.report(
          "bad-percentage",
          "it is told from " + from + "% on, and refused before, from " + to + "%",
          null);
      return USUAL;
    }
    return new Watermarks(from, to);
  }

  private static @Nullable ByteSize reserve(Part part, @Nullable ByteSize all) {
    ByteSize reserve = part.isGiven() ? Sizes.any(part) : ByteSize.ZERO;
    if (reserve != null && all != null && reserve.compareTo(all) > 0) {
      part.report("bad-size", reserve + " is more than the " + all + " that are there", null);
    }
    return reserve;
  }

  static @Nullable Spec kernel(ResourceName name, Part spec) {
    Source source = spec.field("source").read(Source::parse);
    Digest sha256 = spec.field("sha256").read(Digest::parse);
    return source == null || sha256 == null
        ? null
        : new Spec.OfKernel(
            new Kernel(
                name,
                source,
                sha256,
                spec.field("version").read(KernelVersion::parse),
                spec.field("raid6").bool(false)));
  }

  static @Nullable Spec partner(ResourceName name, Part spec) {
    Part quota = spec.field("quota");
    ByteSize memory = Sizes.any(quota.field("memory"));
    ByteSize disk = Sizes.any(quota.field("disk"));
    List<AuthorizedKey> keys = keys(spec.field("keys"));
    if (memory == null || disk == null) {
      return null;
    }
    Quota limits =
        new Quota(
            quota.field("instances").integer(0),
            memory,
            disk,
            quota.field("addresses").integer(0),
            quota.field("ports").read(PortRange::parse),
            prefixes(quota.field("prefixes")).stream().map(Said::value).toList());
    return new Spec.OfPartner(new Partner(name, keys, limits), quota.at());
  }

  /** Blocks of addresses, each with its place; those that no machine can have are reported. */
  static List<Said<IpPrefix>> prefixes(Part list) {
    List<Said<IpPrefix>> prefixes = new ArrayList<>();
    for (Part item : list.items()) {
      Said<IpPrefix> prefix = item.say(IpPrefix::parse);
      IpPrefix special = prefix == null ? null : special(prefix.value());
      if (prefix != null && special != null) {
        item.report(
            "bad-block",
            prefix.value() + " is no network of machines: " + special + " has a meaning of its own",
            "see RFC 6890");
      } else if (prefix != null) {
        prefixes.add(prefix);
      }
    }
    return prefixes;
  }

  private static @Nullable IpPrefix special(IpPrefix prefix) {
    return SPECIAL.stream().filter(prefix::overlaps).findFirst().orElse(null);
  }

  static List<AuthorizedKey> keys(Part list) {
    List<AuthorizedKey> keys = new ArrayList<>();
    for (Part item : list.items()) {
      AuthorizedKey key = item.read(AuthorizedKey::parse);
      if (key != null) {
        keys.add(key);
      }
    }
    int fit = fitting(keys);
    if (fit < keys.size()) {
      list.report(
          "too-many-keys",
          "the keys are too long together: an instance is told them on its kernel's command line,"
              + " which takes the first %d of these %d".formatted(fit, keys.size()),
          "ssh-ed25519 keys are the shortest, and comments count");
    }
    return keys;
  }

  /** How many of the keys fit, one to a line. */
  private static int fitting(List<AuthorizedKey> keys) {
    int bytes = 0;
    for (int i = 0; i < keys.size(); i++) {
      bytes += keys.get(i).line().length() + 1;
      if ((bytes + 2) / 3 * 4 > LONGEST_KEYS_IN_BASE64) {
        return i;
      }
    }
    return keys.size();
  }
}
