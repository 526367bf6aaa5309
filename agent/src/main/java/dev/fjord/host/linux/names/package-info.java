/** The files in which the names of instances are found. */
@NullMarked
package dev.fjord.host.linux.names;

import org.jspecify.annotations.NullMarked;
