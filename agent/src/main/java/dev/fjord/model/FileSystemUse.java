package dev.fjord.model;

/**
 * How full the file system is that holds the disks of a host's instances.
 *
 * @param used by all files, fjord's and others
 * @param free for instances: without what is reserved for root (statvfs(3), f_bavail)
 */
public record FileSystemUse(ByteSize used, ByteSize free) {

  /** As df(1) counts and rounds: at 100 an instance can no longer write. */
  public int percent() {
    long all = used.bytes() + free.bytes();
    return all == 0
        ? 100
        : (int) Math.ceilDiv(Math.multiplyExact(used.bytes() >> 10, 100), Math.max(1, all >> 10));
  }

  /** Whether both lead to the same decisions, which look at whole per cent and whole gibibytes. */
  public boolean isAlike(FileSystemUse other) {
    return percent() == other.percent() && free.bytes() >> 30 == other.free.bytes() >> 30;
  }
}
