/** Other people's servers: fetching from them within limits, and telling what went wrong. */
@NullMarked
package dev.fjord.source.remote;

import org.jspecify.annotations.NullMarked;
