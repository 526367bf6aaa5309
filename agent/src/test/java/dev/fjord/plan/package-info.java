/** Plans for tests. */
@NullMarked
package dev.fjord.plan;

import org.jspecify.annotations.NullMarked;
