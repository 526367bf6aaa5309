package dev.fjord.trust;

import dev.fjord.model.KeyId;

/** What became of looking at a commit's signature. */
public sealed interface Signature {

  /** There is none. */
  record None() implements Signature {}

  /** The commit was signed by this key, which may be nobody's whom the policy knows. */
  record By(KeyId key) implements Signature {}

  /** There is one by a key that is not at hand, so that nobody can check it. */
  record ByUnknown(String key) implements Signature {}

  /**
   * There is one that is not right, or that fjord cannot check.
   *
   * @param why a clause, fit to be printed
   */
  record Bad(String why) implements Signature {}
}
