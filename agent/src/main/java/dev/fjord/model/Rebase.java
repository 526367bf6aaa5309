package dev.fjord.model;

import org.jspecify.annotations.Nullable;

/**
 * A root that is being carried over to another version of its image, or that could not be. It is
 * recorded before the root is touched: a later run that continues finds the root on either of the
 * two versions, and the old root in its place or in the trash.
 *
 * @param failure why {@code to} does not work for this instance; null while its root is carried
 *     over, and until the instance has answered on it. The old root comes back then, and {@code to}
 *     is not tried again until the instance's document, its kernel or the image changes.
 */
public record Rebase(ImageVersion from, ImageVersion to, @Nullable String failure) {

  /** Whether it has not come to its end, good or bad. */
  public boolean isUnderWay() {
    return failure == null;
  }

  public Rebase failed(String why) {
    return new Rebase(from, to, why);
  }
}
