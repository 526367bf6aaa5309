/** Which instances there are to be, what each should come to, and how it gets there. */
@NullMarked
package dev.fjord.planner.instance;

import org.jspecify.annotations.NullMarked;
