/** The ways to servers that the host's environment prescribes, for everything that is fetched. */
@NullMarked
package dev.fjord.net;

import org.jspecify.annotations.NullMarked;
