/** The files of a commit or of a plain folder, by the same rules for both. */
@NullMarked
package dev.fjord.source.tree;

import org.jspecify.annotations.NullMarked;
