/** Faults as values: what was tried, what was found, what to do next, and where. */
@NullMarked
package dev.fjord.problem;

import org.jspecify.annotations.NullMarked;
