/** Switches, ports, filters, routes, names, and the programs that serve them. */
@NullMarked
package dev.fjord.planner.network;

import org.jspecify.annotations.NullMarked;
