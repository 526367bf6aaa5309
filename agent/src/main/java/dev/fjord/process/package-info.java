/** The one seam to other programs: argument lists only, with a time limit and an output limit. */
@NullMarked
package dev.fjord.process;

import org.jspecify.annotations.NullMarked;
