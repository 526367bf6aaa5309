@NullMarked
package dev.fjord.source;

import org.jspecify.annotations.NullMarked;
