/** From the files of a revision, and from the agent's settings, to what they mean. */
@NullMarked
package dev.fjord.load;

import org.jspecify.annotations.NullMarked;
