/** The port to a machine: look at it, and do one step on it. */
@NullMarked
package dev.fjord.host;

import org.jspecify.annotations.NullMarked;
