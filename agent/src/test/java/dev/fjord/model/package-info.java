/** Tests of what values compute. */
@NullMarked
package dev.fjord.model;

import org.jspecify.annotations.NullMarked;
