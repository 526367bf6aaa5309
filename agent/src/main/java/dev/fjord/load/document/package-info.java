/** Documents as they are written: no default filled in, no reference followed. */
@NullMarked
package dev.fjord.load.document;

import org.jspecify.annotations.NullMarked;
