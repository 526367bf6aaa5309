package dev.fjord.model;

import org.jspecify.annotations.Nullable;

/**
 * How an instance is watched while it runs.
 *
 * @param tcp a port of its first address that should accept connections; null for none
 * @param repair whether it is restarted when it hangs
 */
public record Health(@Nullable Integer tcp, boolean repair) {
  public static final Health USUAL = new Health(null, true);
}
