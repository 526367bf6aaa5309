/**
 * What is to be done, as values that every package may use: a plan, its changes, steps, refusals.
 */
@NullMarked
package dev.fjord.plan;

import org.jspecify.annotations.NullMarked;
