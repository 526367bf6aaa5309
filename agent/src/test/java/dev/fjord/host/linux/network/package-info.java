/** Tests with real files and real programs. */
@NullMarked
package dev.fjord.host.linux.network;

import org.jspecify.annotations.NullMarked;
