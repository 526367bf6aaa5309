/** Signatures by keys of OpenSSH. */
@NullMarked
package dev.fjord.trust.ssh;

import org.jspecify.annotations.NullMarked;
