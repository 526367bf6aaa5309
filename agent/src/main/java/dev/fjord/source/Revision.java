package dev.fjord.source;

import java.time.Instant;

/**
 * A commit of the desired-state repository.
 *
 * @param id 40 hex digits
 * @param subject the message's first line, bounded and without control characters
 * @param committed the committer's date, as the commit claims it
 * @param allowedDeletes how many removals its commits allow, see {@link AllowedDeletes}
 */
public record Revision(String id, String subject, Instant committed, int allowedDeletes) {
  /** As a person writes it. */
  public String abbreviated() {
    return id.substring(0, 10);
  }
}
