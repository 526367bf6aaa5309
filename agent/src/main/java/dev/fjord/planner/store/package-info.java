/** Images and kernels: what is stored, verified, repaired and removed. */
@NullMarked
package dev.fjord.planner.store;

import org.jspecify.annotations.NullMarked;
