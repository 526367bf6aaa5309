package dev.fjord.model;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** A SHA-256, 64 lower-case hexadecimal digits. */
public record Digest(String hex) {
  private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}");

  public Digest {
    if (!FORM.matcher(hex).matches()) {
      throw new IllegalArgumentException(
          "a sha256 is 64 lower-case hexadecimal digits, not '" + hex + "'");
    }
  }

  public static Digest parse(String text) {
    return new Digest(text);
  }

  /** The digest that this machine's {@code hasher} has come to; the hasher is reset by it. */
  public static Digest of(MessageDigest hasher) {
    return new Digest(HexFormat.of().formatHex(hasher.digest()));
  }

  public static Digest ofText(String text) {
    MessageDigest hasher = hasher();
    hasher.update(text.getBytes(StandardCharsets.UTF_8));
    return of(hasher);
  }

  public static MessageDigest hasher() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every JDK has SHA-256", impossible);
    }
  }

  /** The first 12 digits, enough to distinguish versions on a screen. */
  public String brief() {
    return hex.substring(0, 12);
  }

  @Override
  public String toString() {
    return hex;
  }
}
