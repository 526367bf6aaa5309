package dev.fjord.model;

import org.jspecify.annotations.Nullable;

/**
 * A User-Mode Linux binary that instances may run.
 *
 * @param version as the kernel reports it ({@code linux --version}); null where the document names
 *     none
 * @param raid6 whether its guests may use RAID-6, for which the kernel measures at each boot which
 *     way to compute it is fastest
 */
public record Kernel(
    ResourceName name,
    Source source,
    Digest sha256,
    @Nullable KernelVersion version,
    boolean raid6) {}
