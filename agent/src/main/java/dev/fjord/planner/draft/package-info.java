/**
 * A plan while it is made: what each of its stages reads (inputs, goals, what was asked for before)
 * and returns (decisions). This package knows no stage.
 */
@NullMarked
package dev.fjord.planner.draft;

import org.jspecify.annotations.NullMarked;
