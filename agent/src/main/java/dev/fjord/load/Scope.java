package dev.fjord.load;

import dev.fjord.model.Owner;

/** Whom a fault holds back. */
sealed interface Scope {
  /** Nothing of the revision can be used. */
  Scope EVERYTHING = new Everything();

  /** It is not known whom: what the documents there may mean stays, and nobody else waits. */
  Scope NOBODY = new Nobody();

  static Scope of(Owner owner) {
    return new OneOwner(owner);
  }

  record Everything() implements Scope {}

  record Nobody() implements Scope {}

  record OneOwner(Owner owner) implements Scope {}
}
