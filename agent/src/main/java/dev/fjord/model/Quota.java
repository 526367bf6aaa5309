package dev.fjord.model;

/**
 * How much a partner's instances may have in all, over every host.
 *
 * @param instances their number
 * @param memory of all instances, stopped ones included
 * @param disk of all swap and volumes, and of what roots are larger than their images
 * @param addresses over all switches
 */
public record Quota(int instances, ByteSize memory, ByteSize disk, int addresses) {}
