package dev.fjord.source;

/**
 * A commit of the desired-state repository. Of what its author and committer wrote nothing is read
 * but the trailers: names, dates and encodings may be any bytes.
 *
 * @param id 40 hex digits
 * @param allowedDeletes how many removals its commits allow, see {@link AllowedDeletes}
 */
public record Revision(String id, int allowedDeletes) {}
