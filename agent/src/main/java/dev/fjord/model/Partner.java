package dev.fjord.model;

import java.util.List;

/** A person or group with a quota. */
public record Partner(ResourceName name, List<AuthorizedKey> keys, Quota quota) {
  public Partner {
    keys = List.copyOf(keys);
  }
}
