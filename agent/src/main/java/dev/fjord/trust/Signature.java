package dev.fjord.trust;

import dev.fjord.model.KeyId;

/** What became of looking at a commit's signature. */
public sealed interface Signature {

  /** There is no signature. */
  record None() implements Signature {}

  /** The commit was signed by this key, which may belong to no signer of the policy. */
  record By(KeyId key) implements Signature {}

  /** There is a signature by a key that is not at hand, so it cannot be checked. */
  record ByUnknown(String key) implements Signature {}

  /**
   * There is a signature that is wrong, or that fjord cannot check.
   *
   * @param why a clause, fit to be printed
   */
  record Bad(String why) implements Signature {}
}
