/** Desired and observed state in, a complete plan out. Pure: no I/O, no clock, no logger. */
@NullMarked
package dev.fjord.planner;

import org.jspecify.annotations.NullMarked;
