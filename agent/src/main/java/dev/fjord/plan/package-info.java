/** What is to be done, as values that everybody may see: a plan, its changes, steps, refusals. */
@NullMarked
package dev.fjord.plan;

import org.jspecify.annotations.NullMarked;
