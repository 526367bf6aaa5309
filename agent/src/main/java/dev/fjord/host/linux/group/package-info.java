/** What machines may take of the host: control groups. */
@NullMarked
package dev.fjord.host.linux.group;

import org.jspecify.annotations.NullMarked;
