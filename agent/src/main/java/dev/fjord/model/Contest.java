package dev.fjord.model;

import dev.fjord.problem.Problem;
import java.util.List;

/**
 * Documents that claim the same thing. An instance that holds it on the host keeps it; when none
 * holds it, none of the claimants gets it.
 *
 * @param over what they claim
 * @param claims two or more
 * @param problem names all the places
 */
public record Contest(Contested over, List<Instance> claims, Problem problem) {
  public Contest {
    claims = List.copyOf(claims);
  }
}
