package dev.fjord.host.linux.origin;

import dev.fjord.model.ByteSize;
import dev.fjord.model.Digest;

/**
 * What a source holds, as it is stored.
 *
 * @param digest of the decompressed bytes
 * @param size of the decompressed bytes
 * @param compression how the source itself is compressed
 * @param form what the decompressed bytes are
 */
public record Content(Digest digest, ByteSize size, Compression compression, Form form) {}
