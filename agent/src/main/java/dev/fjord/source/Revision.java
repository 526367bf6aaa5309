package dev.fjord.source;

/**
 * A commit of the desired-state repository. Only the trailers are read of what its author and
 * committer wrote: names, dates and encodings may be any bytes.
 *
 * @param id 40 hex digits
 * @param allowedDeletes how many removals its commits allow, see {@link AllowedDeletes}
 */
public record Revision(String id, int allowedDeletes) {}
