package dev.fjord.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a version in a store lies there, and what is to become of it.
 *
 * @param found what is not as it was stored, a clause or some lines for a person; empty when whole
 * @param unusedSince when it was first seen that nothing needs it; null while something does
 * @param repairAsked whether somebody told to store it again from its source
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
    /** Its bytes are others than those that its digest stands for. */
    CHANGED
  }
}
