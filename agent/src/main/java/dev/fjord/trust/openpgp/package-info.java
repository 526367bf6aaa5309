/** Signatures by keys of OpenPGP. */
@NullMarked
package dev.fjord.trust.openpgp;

import org.jspecify.annotations.NullMarked;
