package dev.fjord.model;

import java.util.regex.Pattern;

/**
 * Identifies a public key: for SSH {@code SHA256:} and the base64 of the SHA-256 of the key, as
 * {@code ssh-keygen -l} prints it; for OpenPGP the fingerprint of the primary key, 40 upper-case
 * hexadecimal digits.
 */
public record KeyId(String text) {
  private static final Pattern FORM = Pattern.compile("SHA256:[A-Za-z0-9+/]{43}|[0-9A-F]{40}");

  public KeyId {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException("not a fingerprint of a key: '" + text + "'");
    }
  }

  @Override
  public String toString() {
    return text;
  }
}
