/**
 * The repository that says what is wanted: its mirror, the commit to follow, its files. The only
 * user of JGit, and the parts that only look at a plain folder do without it.
 */
@NullMarked
package dev.fjord.source;

import org.jspecify.annotations.NullMarked;
