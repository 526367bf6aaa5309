package dev.fjord.model;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who has to sign what.
 *
 * @param required whether commits that are not as the signers' rules say are refused
 * @param signers no two have a name or a key in common
 */
public record SignaturePolicy(boolean required, List<Signer> signers) {
  /** Commits need no signature. */
  public static final SignaturePolicy NONE = new SignaturePolicy(false, List.of());

  public SignaturePolicy {
    signers = List.copyOf(signers);
    if (required && signers.isEmpty()) {
      throw new IllegalArgumentException("signatures of nobody cannot be required");
    }
  }

  /** A key of a signer. */
  public record Held(Signer signer, Signer.Key key) {}

  /** The signer who holds that key; null when no signer does. */
  public @Nullable Held holder(KeyId id) {
    for (Signer signer : signers) {
      for (Signer.Key key : signer.keys()) {
        if (key.key().id().equals(id)) {
          return new Held(signer, key);
        }
      }
    }
    return null;
  }

  /** All keys, whether they count or not. */
  public Stream<SigningKey> keys() {
    return signers.stream().flatMap(signer -> signer.keys().stream()).map(Signer.Key::key);
  }
}
