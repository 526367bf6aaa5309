/** The one way to write a file: a temporary one, fsync, rename, fsync of the folder. */
@NullMarked
package dev.fjord.file;

import org.jspecify.annotations.NullMarked;
