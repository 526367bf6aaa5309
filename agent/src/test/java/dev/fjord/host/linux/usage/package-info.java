/** Tests with real files and real programs. */
@NullMarked
package dev.fjord.host.linux.usage;

import org.jspecify.annotations.NullMarked;
