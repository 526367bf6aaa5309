package dev.fjord.model;

import dev.fjord.problem.Problem;
import java.util.List;

/**
 * Documents that claim the same name or the same address. Whoever holds it on the host keeps it;
 * where nobody does, none of them gets it.
 *
 * @param claims two or more
 * @param problem names all the places
 */
public record Contest(List<Instance> claims, Problem problem) {
  public Contest {
    claims = List.copyOf(claims);
  }
}
