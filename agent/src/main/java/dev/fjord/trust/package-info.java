/**
 * Which commits are trusted: who signed them, what each of them changes, and whether its signer may
 * change that. This package computes from values; {@code git} reads commits, {@code ssh} and {@code
 * openpgp} check signatures.
 */
@NullMarked
package dev.fjord.trust;

import org.jspecify.annotations.NullMarked;
