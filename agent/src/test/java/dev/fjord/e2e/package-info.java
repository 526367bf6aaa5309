/**
 * The distribution as its users have it: programs, a repository, real kernels, a network of their
 * own. {@link dev.fjord.e2e.World} is what all of them are told in.
 */
@NullMarked
package dev.fjord.e2e;

import org.jspecify.annotations.NullMarked;
