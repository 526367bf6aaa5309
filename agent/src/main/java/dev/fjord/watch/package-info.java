/** Judges running instances by what they answer, check after check. Pure but for its lock. */
@NullMarked
package dev.fjord.watch;

import org.jspecify.annotations.NullMarked;
