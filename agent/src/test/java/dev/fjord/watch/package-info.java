/** The state machine, without a kernel. */
@NullMarked
package dev.fjord.watch;

import org.jspecify.annotations.NullMarked;
