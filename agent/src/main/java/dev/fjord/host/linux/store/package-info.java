/** The records beside the disks: whose they are, who they are, which addresses they hold. */
@NullMarked
package dev.fjord.host.linux.store;

import org.jspecify.annotations.NullMarked;
