package dev.fjord.host.linux.origin.web;

import java.net.http.HttpHeaders;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a server distinguishes versions of a file by, so that a part can be asked for ({@code
 * If-Range}, RFC 9110): a strong {@code ETag}, else {@code Last-Modified}.
 */
record Validator(String header, String value) {
  private static final String TAG = "ETag";
  private static final String TIME = "Last-Modified";

  Validator {
    if (!header.equals(TAG) && !header.equals(TIME) || !value.matches("[ -~]{1,256}")) {
      throw new IllegalArgumentException("no validator: " + header);
    }
  }

  /** What an answer has of it; null when nothing, or when the server gives no parts. */
  static @Nullable Validator of(HttpHeaders headers) {
    if (headers.firstValue("Accept-Ranges").orElse("").equalsIgnoreCase("none")) {
      return null;
    }
    return header(headers, TAG)
        .filter(tag -> tag.startsWith("\""))
        .map(tag -> new Validator(TAG, tag))
        .or(() -> header(headers, TIME).map(time -> new Validator(TIME, time)))
        .orElse(null);
  }

  /** Whether an answer may be of this version: it does not say that it is of another. */
  boolean fits(HttpHeaders headers) {
    return header(headers, header).map(value::equals).orElse(true);
  }

  private static Optional<String> header(HttpHeaders headers, String name) {
    return headers.firstValue(name).map(String::strip).filter(text -> text.matches("[ -~]{1,256}"));
  }
}
