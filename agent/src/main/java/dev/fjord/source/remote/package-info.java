/** Other people's servers: fetching from them within limits, and reporting what went wrong. */
@NullMarked
package dev.fjord.source.remote;

import org.jspecify.annotations.NullMarked;
