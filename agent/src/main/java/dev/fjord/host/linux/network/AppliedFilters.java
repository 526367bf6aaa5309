package dev.fjord.host.linux.network;

import dev.fjord.model.Digest;
import dev.fjord.model.Filters;

/**
 * What was set last since the host was started, as a file keeps it.
 *
 * @param script of the text that they were made into
 * @param listing of what nft(8) printed right after
 */
record AppliedFilters(Filters filters, Digest script, Digest listing) {}
