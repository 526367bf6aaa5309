/** Fjord turns a Git repository of YAML into running User-Mode Linux machines. */
@NullMarked
package dev.fjord;

import org.jspecify.annotations.NullMarked;
