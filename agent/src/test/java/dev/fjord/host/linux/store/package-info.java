/** Tests with real files and real programs. */
@NullMarked
package dev.fjord.host.linux.store;

import org.jspecify.annotations.NullMarked;
