/** Tests of the project itself: its form, its layers, its launcher and its distribution. */
@NullMarked
package dev.fjord.build;

import org.jspecify.annotations.NullMarked;
