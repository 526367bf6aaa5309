/** Documentation that is made from the program, and held against it. */
@NullMarked
package dev.fjord.docs;

import org.jspecify.annotations.NullMarked;
