/** Tests with real programs, confined as in a build. */
@NullMarked
package dev.fjord.host.linux.build;

import org.jspecify.annotations.NullMarked;
