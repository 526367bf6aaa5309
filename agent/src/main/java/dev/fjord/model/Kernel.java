package dev.fjord.model;

/** A User-Mode Linux binary that instances may run. */
public record Kernel(ResourceName name, Source source, Digest sha256) {}
