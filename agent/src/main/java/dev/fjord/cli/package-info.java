/** The command line: thin commands, options, printing, exit codes. */
@NullMarked
package dev.fjord.cli;

import org.jspecify.annotations.NullMarked;
