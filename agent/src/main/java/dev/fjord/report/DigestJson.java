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
 * @param form of the content: {@code plain}, {@code tar} or {@code debian-package}
 */
public record DigestJson(
    int version, Digest sha256, ByteSize size, long bytes, String compression, String form) {

  /** Indented. */
  public static String text(Digest sha256, ByteSize size, String compression, String form) {
    return Json.pretty(
        new DigestJson(PlanJson.VERSION, sha256, size, size.bytes(), compression, form));
  }
}
