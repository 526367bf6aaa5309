/**
 * The program without a command line: runs, the agent, its watch, the lock, checks, and the wiring
 * of the whole by hand.
 */
@NullMarked
package dev.fjord.app;

import org.jspecify.annotations.NullMarked;
