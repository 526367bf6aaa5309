/** Tests of reading and writing single files. */
@NullMarked
package dev.fjord.file;

import org.jspecify.annotations.NullMarked;
