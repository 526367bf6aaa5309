package dev.fjord.load;

import dev.fjord.load.document.Document;
import dev.fjord.load.document.InstanceSpec;
import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;

/** An Instance document with the owner that its path gives it. */
record Claim(Owner owner, ResourceName name, Document document, InstanceSpec spec) {
  Scope scope() {
    return Scope.of(owner);
  }

  /** {@code Instance linda}. */
  String title() {
    return document.title();
  }
}
