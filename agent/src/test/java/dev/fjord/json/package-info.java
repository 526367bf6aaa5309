/** Tests of the JSON forms of files. */
@NullMarked
package dev.fjord.json;

import org.jspecify.annotations.NullMarked;
