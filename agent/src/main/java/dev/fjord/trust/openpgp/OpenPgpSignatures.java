package dev.fjord.trust.openpgp;

import dev.fjord.model.SigningKey;
import dev.fjord.problem.Printable;
import dev.fjord.trust.Signature;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.bouncycastle.bcpg.ArmoredInputStream;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.sig.KeyFlags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureList;
import org.bouncycastle.openpgp.PGPSignatureSubpacketVector;
import org.bouncycastle.openpgp.PGPUtil;
import org.bouncycastle.openpgp.bc.BcPGPObjectFactory;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentVerifierBuilderProvider;
import org.jspecify.annotations.Nullable;

/**
 * Checks detached signatures of OpenPGP by keys that are at hand. JGit's own verifier looks for
 * keys in the home folder of whoever runs it, and takes no others.
 */
public final class OpenPgpSignatures {
  /** What GnuPG takes of them is more: MD5, SHA-1 and RIPEMD-160 are broken, or soon are. */
  private static final Set<Integer> DIGESTS =
      Set.of(
          HashAlgorithmTags.SHA256,
          HashAlgorithmTags.SHA384,
          HashAlgorithmTags.SHA512,
          HashAlgorithmTags.SHA224);

  private static final BcPGPContentVerifierBuilderProvider VERIFIERS =
      new BcPGPContentVerifierBuilderProvider();

  private OpenPgpSignatures() {}

  /**
   * Checks one.
   *
   * @param keys the keys that may have made it
   * @param at by when the keys must not have expired
   */
  public static Signature check(
      byte[] payload, byte[] armored, List<SigningKey.OpenPgp> keys, Instant at) {
    try {
      PGPSignature signature = signature(armored);
      for (SigningKey.OpenPgp key : keys) {
        PGPPublicKeyRing ring = OpenPgpKeys.ring(key.armored());
        PGPPublicKey by = ring.getPublicKey(signature.getKeyID());
        if (by != null) {
          String fault = fault(signature, payload, ring.getPublicKey(), by, at);
          return fault == null ? new Signature.By(key.id()) : new Signature.Bad(fault);
        }
      }
      return new Signature.ByUnknown(
          "%016X".formatted(signature.getKeyID()).toUpperCase(Locale.ROOT));
    } catch (IOException | PGPException | RuntimeException malformed) {
      // What is damaged ends BouncyCastle's parsers by any exception.
      return new Signature.Bad(Printable.clause(String.valueOf(malformed.getMessage())));
    }
  }

  private static PGPSignature signature(byte[] armored) throws IOException, PGPException {
    try (ArmoredInputStream bytes = new ArmoredInputStream(new ByteArrayInputStream(armored))) {
      BcPGPObjectFactory objects = new BcPGPObjectFactory(PGPUtil.getDecoderStream(bytes));
      if (!(objects.nextObject() instanceof PGPSignatureList list)
          || list.size() != 1
          || objects.nextObject() != null) {
        throw new IOException("it is no single signature of OpenPGP");
      }
      return list.get(0);
    }
  }

  /** Null where it is right. */
  private static @Nullable String fault(
      PGPSignature signature, byte[] payload, PGPPublicKey primary, PGPPublicKey by, Instant at)
      throws PGPException {
    if (signature.getSignatureType() != PGPSignature.BINARY_DOCUMENT) {
      return "it is not of a document";
    }
    if (!DIGESTS.contains(signature.getHashAlgorithm())) {
      return "its digest is a weak one (number " + signature.getHashAlgorithm() + ")";
    }
    PGPSignatureSubpacketVector said = signature.getHashedSubPackets();
    if (said == null || said.getCriticalTags().length > known(said)) {
      return "it asks for what is not known";
    }
    String ofKey = faultOf(primary, by, signature.getCreationTime().toInstant(), at);
    if (ofKey != null) {
      return ofKey;
    }
    long lasts = said.getSignatureExpirationTime();
    if (lasts > 0 && !at.isBefore(signature.getCreationTime().toInstant().plusSeconds(lasts))) {
      return "it has expired";
    }
    signature.init(VERIFIERS, by);
    signature.update(payload);
    return signature.verify() ? null : "it is not of this commit, or not by this key";
  }

  /** How many of the critical parts are understood here. */
  private static int known(PGPSignatureSubpacketVector said) {
    int known = 0;
    for (int tag : said.getCriticalTags()) {
      if (UNDERSTOOD.contains(tag)) {
        known++;
      }
    }
    return known;
  }

  /** Creation, expiry, issuer, signer's name, issuer's fingerprint (RFC 4880, 5.2.3.1). */
  private static final Set<Integer> UNDERSTOOD = Set.of(2, 3, 16, 28, 33);

  private static @Nullable String faultOf(
      PGPPublicKey primary, PGPPublicKey by, Instant signed, Instant at) throws PGPException {
    if (primary.hasRevocation() || by.hasRevocation()) {
      return "its key has been revoked";
    }
    if (signed.isBefore(by.getCreationTime().toInstant())) {
      return "it is older than its key";
    }
    if (isExpired(primary, at) || isExpired(by, at)) {
      return "its key has expired";
    }
    if (by.isMasterKey()) {
      return maySign(by.getSignatures()) ? null : "its key is not for signing";
    }
    return isBound(primary, by) ? null : "its subkey is not for signing, or not of that key";
  }

  private static boolean isExpired(PGPPublicKey key, Instant at) {
    long lasts = key.getValidSeconds();
    return lasts > 0 && !at.isBefore(key.getCreationTime().toInstant().plusSeconds(lasts));
  }

  /** A key that says nothing of its uses may be used for anything. */
  private static boolean maySign(Iterator<PGPSignature> own) {
    boolean said = false;
    while (own.hasNext()) {
      PGPSignatureSubpacketVector parts = own.next().getHashedSubPackets();
      int flags = parts == null ? 0 : parts.getKeyFlags();
      if ((flags & KeyFlags.SIGN_DATA) != 0) {
        return true;
      }
      said |= flags != 0;
    }
    return !said;
  }

  /** Bound by the primary key, and with the subkey's own word that it is (RFC 4880, 5.2.1). */
  private static boolean isBound(PGPPublicKey primary, PGPPublicKey subkey) throws PGPException {
    Iterator<PGPSignature> bindings = subkey.getSignaturesOfType(PGPSignature.SUBKEY_BINDING);
    while (bindings.hasNext()) {
      PGPSignature binding = bindings.next();
      PGPSignatureSubpacketVector parts = binding.getHashedSubPackets();
      if (parts == null || (parts.getKeyFlags() & KeyFlags.SIGN_DATA) == 0) {
        continue;
      }
      binding.init(VERIFIERS, primary);
      if (binding.verifyCertification(primary, subkey)
          && (isCrossSigned(primary, subkey, parts)
              || isCrossSigned(primary, subkey, binding.getUnhashedSubPackets()))) {
        return true;
      }
    }
    return false;
  }

  /** GnuPG puts it among what the binding does not sign: it stands for itself. */
  private static boolean isCrossSigned(
      PGPPublicKey primary, PGPPublicKey subkey, @Nullable PGPSignatureSubpacketVector parts)
      throws PGPException {
    if (parts == null) {
      return false;
    }
    for (PGPSignature embedded : parts.getEmbeddedSignatures()) {
      if (embedded.getSignatureType() == PGPSignature.PRIMARYKEY_BINDING) {
        embedded.init(VERIFIERS, subkey);
        if (embedded.verifyCertification(primary, subkey)) {
          return true;
        }
      }
    }
    return false;
  }
}
