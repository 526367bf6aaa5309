/** Ways to servers that the host's environment prescribes, for whatever is fetched. */
@NullMarked
package dev.fjord.net;

import org.jspecify.annotations.NullMarked;
