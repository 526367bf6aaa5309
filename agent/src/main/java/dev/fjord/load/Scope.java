package dev.fjord.load;

import dev.fjord.model.Owner;

/** Whom a fault holds back. */
sealed interface Scope {
  /** Nothing of the revision can be used. */
  Scope EVERYTHING = new Everything();

  /** Nothing that exists can be meant, so that nothing has to wait. */
  Scope NOBODY = new Nobody();

  static Scope of(Owner owner) {
    return new OneOwner(owner);
  }

  record Everything() implements Scope {}

  record Nobody() implements Scope {}

  record OneOwner(Owner owner) implements Scope {}
}
