@NullMarked
package dev.fjord.host.linux.watch;

import org.jspecify.annotations.NullMarked;
