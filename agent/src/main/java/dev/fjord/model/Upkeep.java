package dev.fjord.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The state of a version in a store, and what is to be done with it.
 *
 * @param found what is not as it was stored, a clause or some lines for a person; empty when whole
 * @param unusedSince when it was first seen that nothing needs it; null while something does
 * @param repairAsked whether a person asked to store it again from its source
 */
public record Upkeep(
    Content content, String found, @Nullable Instant unusedSince, boolean repairAsked) {
  public static final Upkeep WHOLE = new Upkeep(Content.WHOLE, "", null, false);

  /** What is known of the bytes. */
  public enum Content {
    /** It lies there as it was stored, and what was read last was right. */
    WHOLE,
    /** It does not lie there as it was stored; its bytes are to be read before they are used. */
    TOUCHED,
    /** Its bytes are not those that its digest stands for. */
    CHANGED
  }
}
