/**
 * The health of running instances, from what they answer, check after check. Pure but for a lock.
 */
@NullMarked
package dev.fjord.watch;

import org.jspecify.annotations.NullMarked;
