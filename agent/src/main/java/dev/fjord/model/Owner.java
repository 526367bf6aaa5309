package dev.fjord.model;

import org.jspecify.annotations.Nullable;

/**
 * The owner of an instance: a partner, or the site itself.
 *
 * @param partner null for the site itself
 */
public record Owner(@Nullable ResourceName partner) {
  public static final Owner SITE = new Owner(null);

  public static Owner partner(ResourceName partner) {
    return new Owner(partner);
  }

  public boolean isSite() {
    return partner == null;
  }

  /** {@code partner linda}, or {@code the site}. */
  @Override
  public String toString() {
    return partner == null ? "the site" : "partner " + partner;
  }
}
