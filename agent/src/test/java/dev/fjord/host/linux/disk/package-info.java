/** Tests with real files and real programs. */
@NullMarked
package dev.fjord.host.linux.disk;

import org.jspecify.annotations.NullMarked;
