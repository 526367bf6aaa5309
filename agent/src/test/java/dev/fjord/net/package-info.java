@NullMarked
package dev.fjord.net;

import org.jspecify.annotations.NullMarked;
