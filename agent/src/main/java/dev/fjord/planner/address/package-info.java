/** Which instance has which address, and which it gets. */
@NullMarked
package dev.fjord.planner.address;

import org.jspecify.annotations.NullMarked;
