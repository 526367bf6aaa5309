/** Asks running instances how they are, often and cheaply: no process is started for it. */
@NullMarked
package dev.fjord.host.linux.watch;

import org.jspecify.annotations.NullMarked;
