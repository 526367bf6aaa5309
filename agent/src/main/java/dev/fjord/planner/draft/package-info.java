/** A plan while it is made, and what every stage of it reads: goals, what was before, ids. */
@NullMarked
package dev.fjord.planner.draft;

import org.jspecify.annotations.NullMarked;
