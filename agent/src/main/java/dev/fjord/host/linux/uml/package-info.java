/** Kernels that run: tried, started, looked at, spoken to and ended. */
@NullMarked
package dev.fjord.host.linux.uml;

import org.jspecify.annotations.NullMarked;
