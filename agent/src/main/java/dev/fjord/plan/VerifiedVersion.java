package dev.fjord.plan;

import dev.fjord.plan.Step.Version;
import dev.fjord.problem.Problem;
import org.jspecify.annotations.Nullable;

/**
 * A version whose content was read to its end.
 *
 * @param problem what is wrong with it; null when its digest is right
 */
public record VerifiedVersion(Version version, @Nullable Problem problem) {}
