package dev.fjord.model;

import dev.fjord.problem.Location;
import org.jspecify.annotations.Nullable;

/**
 * A document that stands where it is not read as what it says, or that has no effect now: in a
 * folder that belongs to no owner, under a name that no partner can have, or among the files of an
 * owner who is held. It may describe an instance that seems to have lost its document; that
 * instance then stays as it is.
 *
 * @param name of the instance that it describes; null when its content does not say: then it may
 *     describe any instance without a document
 * @param owner the owner among whose files it stands; null for none
 * @param where the document
 */
public record Displaced(@Nullable ResourceName name, @Nullable Owner owner, Location where) {

  /** Whether it may be the document of the instance of that name. */
  public boolean mayMean(ResourceName instance) {
    return name == null || name.equals(instance);
  }
}
