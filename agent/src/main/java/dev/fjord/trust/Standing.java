package dev.fjord.trust;

import dev.fjord.model.SignaturePolicy;
import dev.fjord.model.Signer;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a signature is worth under a policy. */
public sealed interface Standing {

  /** It is by a signer whose key counts. */
  record Trusted(Signer signer) implements Standing {}

  /**
   * It is worth nothing.
   *
   * @param code of the problem
   * @param signer the owner of the key; null for no signer's
   * @param why what was found, as the end of a sentence about the commit: {@code is not signed}
   */
  record Refused(String code, @Nullable Signer signer, String why, String hint)
      implements Standing {}

  /**
   * Judges.
   *
   * @param seen when the commit was seen first: what it says of its own date is its author's claim
   */
  static Standing of(SignaturePolicy policy, Signature signature, Instant seen) {
    return switch (signature) {
      case Signature.None none ->
          new Refused(
              "commit-unsigned",
              null,
              "is not signed",
              "Sign it ('git commit --amend -S', 'git rebase --exec' for several) and push again.");
      case Signature.Bad bad ->
          new Refused(
              "commit-signature-bad",
              null,
              "has a signature that does not hold: " + bad.why(),
              "'git verify-commit --raw' tells more. Sign it anew and push again.");
      case Signature.ByUnknown unknown -> unknown(unknown.key());
      case Signature.By by -> {
        SignaturePolicy.Held held = policy.holder(by.key());
        yield held == null ? unknown(by.key().text()) : of(held, seen);
      }
    };
  }

  private static Refused unknown(String key) {
    return new Refused(
        "commit-signer-unknown",
        null,
        "is signed by " + key + ", a key of no signer",
        "A signer who may change fjord.yaml adds the key to 'signers' in a commit before it.");
  }

  private static Standing of(SignaturePolicy.Held held, Instant seen) {
    Signer.Key key = held.key();
    Signer signer = held.signer();
    if (key.revoked() != null && !seen.isBefore(key.revoked())) {
      return new Refused(
          "commit-key-revoked",
          signer,
          signed(held) + ", which is revoked since " + key.revoked(),
          "What that key signs is not trusted from then on, whatever date it bears; the commit was"
              + " first seen at "
              + seen
              + ". Sign it with another key.");
    }
    if (key.until() != null && !seen.isBefore(key.until())) {
      return new Refused(
          "commit-key-expired",
          signer,
          signed(held) + ", which counts no more since " + key.until(),
          "Sign it with a key that counts, or have 'until' moved by a signer who may change"
              + " fjord.yaml.");
    }
    if (key.from() != null && seen.isBefore(key.from())) {
      return new Refused(
          "commit-key-early",
          signer,
          signed(held) + ", which counts from " + key.from() + " on",
          "Sign it with a key that counts.");
    }
    return new Trusted(signer);
  }

  private static String signed(SignaturePolicy.Held held) {
    return "is signed by " + held.signer().name() + " with key " + held.key().key().id();
  }
}
