/** Tests of what is said of a machine. */
@NullMarked
package dev.fjord.host.linux.doctor;

import org.jspecify.annotations.NullMarked;
