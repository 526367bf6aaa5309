/** What sources of kernels and images hold: opened, decompressed, hashed and copied in one pass. */
@NullMarked
package dev.fjord.host.linux.origin;

import org.jspecify.annotations.NullMarked;
