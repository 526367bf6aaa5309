package dev.fjord.model;

import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** A public key by which commits are signed. */
public sealed interface SigningKey {

  /** Its fingerprint. */
  KeyId id();

  /**
   * A key of OpenSSH.
   *
   * @param key one line of a {@code .pub} file
   */
  record Ssh(KeyId id, AuthorizedKey key) implements SigningKey {
    /** As for OpenSSH's own {@code RequiredRSASize}, doubled: what is signed stays for years. */
    private static final int FEWEST_RSA_BITS = 2048;

    /**
     * Reads one line of a {@code .pub} file.
     *
     * @throws IllegalArgumentException when it is not a key, is of another type than it says, or is
     *     an RSA key of fewer than 2048 bits
     */
    public static Ssh parse(String text) {
      AuthorizedKey key = AuthorizedKey.parse(text);
      String[] words = key.line().split(" ", 3);
      byte[] blob = decoded(words[1]);
      ByteBuffer parts = ByteBuffer.wrap(blob);
      try {
        String type = new String(next(parts), StandardCharsets.US_ASCII);
        if (!type.equals(words[0])) {
          throw new IllegalArgumentException(
              "the key says that it is " + words[0] + ", and is another one");
        }
        if (type.equals("ssh-rsa")) {
          next(parts);
          int bits = new BigInteger(next(parts)).bitLength();
          if (bits < FEWEST_RSA_BITS) {
            throw new IllegalArgumentException(
                "an RSA key of "
                    + bits
                    + " bits is too weak; "
                    + FEWEST_RSA_BITS
                    + " is the least");
          }
        }
        while (parts.hasRemaining()) {
          next(parts);
        }
      } catch (BufferUnderflowException | NumberFormatException e) {
        throw new IllegalArgumentException("the key is cut short or damaged", e);
      }
      return new Ssh(idOf(blob), key);
    }

    private static byte[] decoded(String base64) {
      try {
        return Base64.getDecoder().decode(base64);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("the key is cut short or damaged", e);
      }
    }

    /** The fingerprint of a key as it is encoded in a signature (RFC 4253, section 6.6). */
    public static KeyId idOf(byte[] blob) {
      byte[] hash = Digest.hasher().digest(blob);
      return new KeyId("SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(hash));
    }

    private static byte[] next(ByteBuffer parts) {
      int length = parts.getInt();
      if (length < 0 || length > parts.remaining()) {
        throw new BufferUnderflowException();
      }
      byte[] bytes = new byte[length];
      parts.get(bytes);
      return bytes;
    }
  }

  /**
   * A key of OpenPGP with its subkeys.
   *
   * @param armored as {@code gpg --export --armor} writes it; it has been read once
   */
  record OpenPgp(KeyId id, String armored) implements SigningKey {}
}
