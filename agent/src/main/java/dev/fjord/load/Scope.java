package dev.fjord.load;

import dev.fjord.model.Owner;

/** The owner that a fault holds back. */
sealed interface Scope {
  /** Nothing of the revision can be used. */
  Scope EVERYTHING = new Everything();

  /**
   * The owner is unknown: what the documents there may mean stays as it is, and no other owner
   * waits.
   */
  Scope NOBODY = new Nobody();

  static Scope of(Owner owner) {
    return new OneOwner(owner);
  }

  record Everything() implements Scope {}

  record Nobody() implements Scope {}

  record OneOwner(Owner owner) implements Scope {}
}
