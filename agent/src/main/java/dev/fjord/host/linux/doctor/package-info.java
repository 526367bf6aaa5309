/** Whether this machine has what fjord needs. */
@NullMarked
package dev.fjord.host.linux.doctor;

import org.jspecify.annotations.NullMarked;
