package dev.fjord.plan;

import dev.fjord.model.Owner;

/**
 * Something that was asked for and is not done.
 *
 * @param guard what refused it: {@code deletion-budget}, {@code memory}, {@code foreign-bridge} …
 */
public record Refusal(String guard, Owner owner, String summary, String hint) {}
