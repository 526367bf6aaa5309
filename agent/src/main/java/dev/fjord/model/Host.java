package dev.fjord.model;

/**
 * What one machine may give away.
 *
 * @param memory of the machine
 * @param disk of the file system that holds the agent's state
 * @param reservedMemory kept for the host itself
 * @param reservedDisk kept for the host itself
 * @param memoryOvercommit how often the rest may be promised; 1.0 is never twice
 * @param diskOvercommit as {@code memoryOvercommit}, for disks, which are sparse
 * @param watermarks from when on the disk is too full
 * @param uids the unprivileged user ids that instances run as
 */
public record Host(
    ResourceName name,
    ByteSize memory,
    ByteSize disk,
    ByteSize reservedMemory,
    ByteSize reservedDisk,
    double memoryOvercommit,
    double diskOvercommit,
    Watermarks watermarks,
    UidRange uids) {

  public ByteSize promisableMemory() {
    return promisable(memory, reservedMemory, memoryOvercommit);
  }

  public ByteSize promisableDisk() {
    return promisable(disk, reservedDisk, diskOvercommit);
  }

  private static ByteSize promisable(ByteSize all, ByteSize reserved, double factor) {
    return new ByteSize((long) (Math.max(0, all.bytes() - reserved.bytes()) * factor));
  }
}
