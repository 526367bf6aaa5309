/**
 * The records beside the disks: their owners, their identities and the addresses that they hold.
 */
@NullMarked
package dev.fjord.host.linux.store;

import org.jspecify.annotations.NullMarked;
