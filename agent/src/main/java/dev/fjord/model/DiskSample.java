package dev.fjord.model;

import java.time.Instant;

/**
 * What was used of a file system at one moment.
 *
 * @param used the blocks that are taken by anything; it does not depend on how large the file
 *     system is
 */
public record DiskSample(Instant at, ByteSize used) {}
