package dev.fjord.model;

import org.jspecify.annotations.Nullable;

/**
 * A User-Mode Linux binary that instances may run.
 *
 * @param version as it says of itself ({@code linux --version}); null where the document does not
 * @param raid6 whether its guests may use RAID-6, for which it measures at each boot how to compute
 *     it best
 */
public record Kernel(
    ResourceName name,
    Source source,
    Digest sha256,
    @Nullable KernelVersion version,
    boolean raid6) {}
