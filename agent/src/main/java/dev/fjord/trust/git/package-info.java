/** Commits, as they lie in a repository's object database. */
@NullMarked
package dev.fjord.trust.git;

import org.jspecify.annotations.NullMarked;
