/** Bridges and taps, looked at and changed with ip(8). */
@NullMarked
package dev.fjord.host.linux.network;

import org.jspecify.annotations.NullMarked;
