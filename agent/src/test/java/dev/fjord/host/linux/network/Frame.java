package dev.fjord.host.linux.network;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/** Ethernet frames as a guest could make them, byte by byte. */
public final class Frame {
  public static final String EVERYBODY = "ff:ff:ff:ff:ff:ff";
  public static final String ALL_NODES = "33:33:00:00:00:01";

  private Frame() {}

  public static byte[] ethernet(String to, String from, int type, byte[] content) {
    return join(mac(to), mac(from), u16(type), content);
  }

  /** With a tag: 0x8100 or 0x88a8. */
  public static byte[] tagged(byte[] frame, int tagType, int tag) {
    ByteBuffer all = ByteBuffer.wrap(frame);
    byte[] addresses = new byte[12];
    all.get(addresses);
    byte[] rest = new byte[all.remaining()];
    all.get(rest);
    return join(addresses, u16(tagType), u16(tag), rest);
  }

  /** As RFC 826; operation 1 asks, 2 answers. */
  public static byte[] arp(
      int operation, String mac, String ip, String targetMac, String targetIp) {
    return join(
        u16(1),
        u16(0x0800),
        bytes(6),
        bytes(4),
        u16(operation),
        mac(mac),
        ip(ip),
        mac(targetMac),
        ip(targetIp));
  }

  public static byte[] ip4(String from, String to, int protocol, byte[] content) {
    byte[] header =
        join(
            bytes(0x45, 0),
            u16(20 + content.length),
            u16(1),
            u16(0),
            bytes(64, protocol),
            u16(0),
            ip(from),
            ip(to));
    int sum = 0;
    for (int i = 0; i < header.length; i += 2) {
      sum += (header[i] & 0xff) << 8 | header[i + 1] & 0xff;
    }
    int checksum = ~((sum & 0xffff) + (sum >>> 16));
    header[10] = (byte) (checksum >>> 8);
    header[11] = (byte) checksum;
    return join(header, content);
  }

  public static byte[] udp(int from, int to) {
    return join(u16(from), u16(to), u16(16), u16(0), new byte[8]);
  }

  public static byte[] ip6(String from, String to, int next, byte[] content) {
    return join(
        bytes(0x60, 0, 0, 0), u16(content.length), bytes(next, 255), ip(from), ip(to), content);
  }

  /** ICMPv6: type, four bytes, and what follows. */
  public static byte[] icmp6(int type, byte[]... content) {
    return join(bytes(type, 0), u16(0), new byte[4], join(content));
  }

  /** An option of neighbour discovery that holds an Ethernet address. */
  public static byte[] linkOption(int type, String mac) {
    return join(bytes(type, 1), mac(mac));
  }

  /** A hop-by-hop or destination header with nothing in it, before {@code next}. */
  public static byte[] extension(int next, byte[] content) {
    return join(bytes(next, 0, 1, 4, 0, 0, 0, 0), content);
  }

  public static byte[] fragment(int next, int offset, boolean more, byte[] content) {
    return join(
        bytes(next, 0), u16(offset << 3 | (more ? 1 : 0)), new byte[] {0, 0, 0, 7}, content);
  }

  public static byte[] mac(String text) {
    return HexFormat.ofDelimiter(":").parseHex(text);
  }

  public static byte[] ip(String text) {
    try {
      return java.net.InetAddress.getByName(text).getAddress();
    } catch (java.net.UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  public static byte[] u16(int value) {
    return bytes(value >>> 8, value);
  }

  public static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  public static byte[] join(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteBuffer all = ByteBuffer.allocate(length);
    for (byte[] part : parts) {
      all.put(part);
    }
    return all.array();
  }
}
