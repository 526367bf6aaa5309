/** When runs happen. It triggers, nothing else; the only user of Quartz. */
@NullMarked
package dev.fjord.schedule;

import org.jspecify.annotations.NullMarked;
