/** Tests with real files and real programs. */
@NullMarked
package dev.fjord.host.linux.names;

import org.jspecify.annotations.NullMarked;
