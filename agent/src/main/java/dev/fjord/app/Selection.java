package dev.fjord.app;

import org.jspecify.annotations.Nullable;

/**
 * Which files a plan is made of.
 *
 * @param repository a URL or a folder; null for the agent's own
 * @param revision a branch, tag or commit; null for the newest
 */
public record Selection(@Nullable String repository, @Nullable String revision) {
  /** What the agent follows. */
  public static final Selection OWN = new Selection(null, null);

  /** Whether it is what the agent follows. */
  public boolean isOwn() {
    return equals(OWN);
  }
}
