/** When the agent does what. */
@NullMarked
package dev.fjord.schedule;

import org.jspecify.annotations.NullMarked;
