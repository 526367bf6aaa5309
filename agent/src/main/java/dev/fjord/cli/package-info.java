/** The command line: thin commands, exit codes, and the wiring of the whole by hand. */
@NullMarked
package dev.fjord.cli;

import org.jspecify.annotations.NullMarked;
