/** Walks a plan: order, width, what depended on a failure. It decides nothing. */
@NullMarked
package dev.fjord.apply;

import org.jspecify.annotations.NullMarked;
