package dev.fjord.trust.openpgp;

import dev.fjord.model.KeyId;
import dev.fjord.model.SigningKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Set;
import org.bouncycastle.bcpg.ArmoredInputStream;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPUtil;
import org.bouncycastle.openpgp.bc.BcPGPObjectFactory;

/** Public keys of OpenPGP as documents have them: one block of {@code gpg --export --armor}. */
public final class OpenPgpKeys {
  private static final String BEGIN = "-----BEGIN PGP PUBLIC KEY BLOCK-----";
  private static final int LONGEST = 32_768;
  private static final int FEWEST_RSA_BITS = 2048;
  private static final int VERSION = 4;

  /** Of keys that do nothing else; GnuPG makes none, and takes them (RFC 4880, section 9.1). */
  private static final int RSA_SIGN = 3;

  private static final Set<Integer> RSA = Set.of(PublicKeyAlgorithmTags.RSA_GENERAL, RSA_SIGN);

  private OpenPgpKeys() {}

  /**
   * Reads one key.
   *
   * @throws IllegalArgumentException when it is none, or several, or is revoked, or too weak
   */
  public static SigningKey.OpenPgp parse(String armored) {
    PGPPublicKeyRing ring = ring(armored);
    PGPPublicKey primary = ring.getPublicKey();
    if (primary.getVersion() != VERSION) {
      throw new IllegalArgumentException(
          "a key of OpenPGP is of version 4; this is of version " + primary.getVersion());
    }
    if (RSA.contains(primary.getAlgorithm()) && primary.getBitStrength() < FEWEST_RSA_BITS) {
      throw new IllegalArgumentException(
          "an RSA key of "
              + primary.getBitStrength()
              + " bits is too weak; "
              + FEWEST_RSA_BITS
              + " is the least");
    }
    if (primary.hasRevocation()) {
      throw new IllegalArgumentException(
          "the key has been revoked: leave it out, or export it without and write 'revoked'");
    }
    return new SigningKey.OpenPgp(idOf(primary), armored);
  }

  static KeyId idOf(PGPPublicKey key) {
    return new KeyId(HexFormat.of().withUpperCase().formatHex(key.getFingerprint()));
  }

  static PGPPublicKeyRing ring(String armored) {
    String text = armored.strip();
    if (text.length() > LONGEST) {
      throw new IllegalArgumentException(
          "a key of OpenPGP has at most %,d characters: export it with".formatted(LONGEST)
              + " '--export-options export-minimal'");
    }
    if (!text.startsWith(BEGIN)) {
      throw new IllegalArgumentException(
          "not a public key: write what 'gpg --export --armor FINGERPRINT' prints");
    }
    try (ArmoredInputStream bytes =
        new ArmoredInputStream(
            new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII)))) {
      BcPGPObjectFactory objects = new BcPGPObjectFactory(PGPUtil.getDecoderStream(bytes));
      if (!(objects.nextObject() instanceof PGPPublicKeyRing ring)
          || objects.nextObject() != null) {
        throw new IllegalArgumentException("the block holds no key, or more than one");
      }
      return ring;
    } catch (IOException | RuntimeException e) {
      if (e instanceof IllegalArgumentException told && told.getCause() == null) {
        throw told;
      }
      throw new IllegalArgumentException("the block is cut short or damaged", e);
    }
  }
}
