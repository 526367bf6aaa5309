package dev.fjord.model;

import dev.fjord.problem.Location;
import org.jspecify.annotations.Nullable;

/**
 * A document that stands where it is not read as what it says, or that has no effect now: in a
 * folder that is nobody's, under a name that no partner can have, among the files of an owner who
 * is held. It may be the one of an instance that seems to have none any more, which then stays as
 * it is.
 *
 * @param name of the instance that it describes; null when its content does not tell: then it may
 *     be that of any instance without a document
 * @param owner among whose files it stands; null for nobody's
 * @param where the document
 */
public record Displaced(@Nullable ResourceName name, @Nullable Owner owner, Location where) {

  /** Whether it may be the document of the instance of that name. */
  public boolean mayMean(ResourceName instance) {
    return name == null || name.equals(instance);
  }
}
