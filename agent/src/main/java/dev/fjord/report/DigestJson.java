package dev.fjord.report;

import dev.fjord.model.ByteSize;
import dev.fjord.model.Digest;

/**
 * What a source holds, as programs read it.
 *
 * @param size as a document writes it
 * @param bytes the same as a number
 * @param compression of the source itself: {@code none}, {@code gzip}, {@code xz}, {@code zstd} or
 *     {@code bzip2}
 */
public record DigestJson(
    int version, Digest sha256, ByteSize size, long bytes, String compression) {

  /** Indented. */
  public static String text(Digest sha256, ByteSize size, String compression) {
    return Json.pretty(new DigestJson(PlanJson.VERSION, sha256, size, size.bytes(), compression));
  }
}
