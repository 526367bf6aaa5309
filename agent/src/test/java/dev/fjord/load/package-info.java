/** What is loaded from trees of files, and what is said about those that cannot be. */
@NullMarked
package dev.fjord.load;

import org.jspecify.annotations.NullMarked;
