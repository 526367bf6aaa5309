/** How plans are walked. */
@NullMarked
package dev.fjord.apply;

import org.jspecify.annotations.NullMarked;
