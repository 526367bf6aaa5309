/** Who has which address, and who gets which. */
@NullMarked
package dev.fjord.planner.address;

import org.jspecify.annotations.NullMarked;
