/** A host in memory, for properties and scale. It proves nothing about a real one. */
@NullMarked
package dev.fjord.host.simulated;

import org.jspecify.annotations.NullMarked;
