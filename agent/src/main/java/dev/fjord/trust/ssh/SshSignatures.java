package dev.fjord.trust.ssh;

import dev.fjord.model.KeyId;
import dev.fjord.model.SigningKey;
import dev.fjord.problem.Printable;
import dev.fjord.trust.Signature;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.GpgConfig;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.SignatureVerifier;
import org.eclipse.jgit.lib.SignatureVerifier.SignatureVerification;
import org.eclipse.jgit.lib.SignatureVerifier.TrustLevel;
import org.eclipse.jgit.signing.ssh.SigningKeyDatabase;
import org.eclipse.jgit.signing.ssh.SshSignatureVerifierFactory;
import org.jspecify.annotations.Nullable;

/**
 * Checks signatures of {@code ssh-keygen -Y sign}: which key made one. Whose that is, and what it
 * may do, is no question here: a right signature by any key is {@link Signature.By}.
 *
 * <p>JGit verifies, but for keys that live in security keys (FIDO), whose signatures it takes for
 * damaged ones: those go to Apache MINA straight. What JGit would let through and OpenSSH would not
 * (other digests than SHA-256 and SHA-512) is refused before, and so are certificates.
 */
public final class SshSignatures {
  private static final SignatureVerifier VERIFIER = verifier();
  private static final GpgConfig NOTHING_CONFIGURED = new GpgConfig(new Config());

  private SshSignatures() {}

  private static SignatureVerifier verifier() {
    SigningKeyDatabase.setInstance(new AnyKey());
    return new SshSignatureVerifierFactory().create();
  }

  /**
   * Checks one.
   *
   * @param repository JGit asks for one, and reads nothing of it
   */
  public static Signature check(Repository repository, byte[] payload, byte[] armored) {
    try {
      Envelope envelope = Envelope.of(armored);
      KeyId key = SigningKey.Ssh.idOf(envelope.key());
      String fault =
          envelope.isOfSecurityKey()
              ? faultBySecurityKey(envelope, payload)
              : fault(repository, payload, armored, key);
      return fault == null ? new Signature.By(key) : new Signature.Bad(fault);
    } catch (IOException | RuntimeException malformed) {
      // What is damaged ends MINA's parsers by any exception.
      return new Signature.Bad(Printable.clause(String.valueOf(malformed.getMessage())));
    }
  }

  /** Null where it is right. */
  private static @Nullable String fault(
      Repository repository, byte[] payload, byte[] armored, KeyId key) throws IOException {
    SignatureVerification found = VERIFIER.verify(repository, NOTHING_CONFIGURED, payload, armored);
    if (found == null) {
      return "there is nothing that could check it";
    }
    boolean right =
        found.verified()
            && found.trustLevel() == TrustLevel.FULL
            && key.text().equals(found.keyUser())
            && key.text().equals(found.keyFingerprint());
    return right ? null : said(found.message());
  }

  private static String said(@Nullable String message) {
    return message == null
        ? "it is not of this commit, or not by this key"
        : Printable.clause(message);
  }

  private static @Nullable String faultBySecurityKey(Envelope envelope, byte[] payload) {
    BuiltinSignatures algorithm = BuiltinSignatures.fromFactoryName(envelope.algorithm());
    if (algorithm == null || !algorithm.isSupported()) {
      return "the algorithm " + Printable.quote(envelope.algorithm()) + " is not known";
    }
    try {
      var verifier = algorithm.create();
      verifier.initVerifier(null, new ByteArrayBuffer(envelope.key()).getRawPublicKey());
      verifier.update(null, envelope.signed(payload));
      return verifier.verify(null, envelope.signature()) ? null : said(null);
    } catch (Exception e) { // MINA declares any.
      return Printable.clause(String.valueOf(e.getMessage()));
    }
  }

  /** Names keys by their fingerprints; certificates are no keys. */
  private static final class AnyKey implements SigningKeyDatabase {
    @Override
    public boolean isRevoked(Repository repository, GpgConfig config, PublicKey key) {
      return false;
    }

    @Override
    public @Nullable String isAllowed(
        Repository repository,
        GpgConfig config,
        PublicKey key,
        String namespace,
        @Nullable PersonIdent ident) {
      ByteArrayBuffer encoded = new ByteArrayBuffer();
      encoded.putRawPublicKey(key);
      byte[] blob = encoded.getCompactData();
      String type = new ByteArrayBuffer(blob).getString(StandardCharsets.US_ASCII);
      return Envelope.isKey(type) ? SigningKey.Ssh.idOf(blob).text() : null;
    }
  }
}
