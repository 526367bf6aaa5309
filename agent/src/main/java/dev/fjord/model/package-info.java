/** What a revision asks for and what a host has, as immutable values. No I/O, no clock. */
@NullMarked
package dev.fjord.model;

import org.jspecify.annotations.NullMarked;
