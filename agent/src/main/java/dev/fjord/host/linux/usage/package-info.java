/** How much of the host's disk instances were promised, and how much they take. */
@NullMarked
package dev.fjord.host.linux.usage;

import org.jspecify.annotations.NullMarked;
