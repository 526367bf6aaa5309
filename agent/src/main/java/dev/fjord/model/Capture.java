package dev.fjord.model;

import org.jspecify.annotations.Nullable;

/**
 * The host keeps what passes on an interface of an instance in a ring of files: those of the
 * present run, and the newest ones of the runs before.
 *
 * @param network whose interface; null for the first one
 * @param files how many files at most, all together; two or more
 * @param size how large each may become
 */
public record Capture(@Nullable ResourceName network, int files, ByteSize size) {
  public static final int USUAL_FILES = 8;
  public static final int FEWEST_FILES = 2;
  public static final ByteSize USUAL_SIZE = ByteSize.mib(10);
  public static final ByteSize LEAST = ByteSize.mib(1);
  public static final ByteSize MOST = ByteSize.gib(1);

  /** A file may end with a packet that begins within its size: 256 KiB at most, and its head. */
  public static final ByteSize BEYOND = ByteSize.mib(1);

  /** What all of it may take of the disk. */
  public ByteSize total() {
    return new ByteSize(files * size.plus(BEYOND).bytes());
  }

  /** How many files the present run has; the others are of runs before. */
  public int ring() {
    return (files + 1) / 2;
  }

  @Override
  public String toString() {
    return files + " files of " + size + (network == null ? "" : " on " + network);
  }
}
