package dev.fjord.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How an instance's starts went since the host booted.
 *
 * @param failures starts in a row after which the kernel died or never answered
 * @param notBefore when the next corrective start is due; null for at once
 */
public record Starts(int failures, @Nullable Instant notBefore) {
  public static final Starts NONE = new Starts(0, null);
}
