/** Sources made by the real programs, whole and otherwise. */
@NullMarked
package dev.fjord.host.linux.origin;

import org.jspecify.annotations.NullMarked;
