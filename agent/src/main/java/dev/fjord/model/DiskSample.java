package dev.fjord.model;

import java.time.Instant;

/**
 * What was used of a file system at one moment.
 *
 * @param used blocks that are taken, whoever took them; the same however large the file system is
 */
public record DiskSample(Instant at, ByteSize used) {}
