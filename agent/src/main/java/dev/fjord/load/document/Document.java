package dev.fjord.load.document;

import dev.fjord.model.ResourceName;
import dev.fjord.problem.Location;
import org.jspecify.annotations.Nullable;

/**
 * One document, as far as it could be read.
 *
 * @param name null when it has none that could be one
 * @param where its name, or its beginning
 * @param spec null when nothing of it could be read
 * @param sound whether no fault was found in it
 */
public record Document(
    DocumentKind kind,
    @Nullable ResourceName name,
    Location where,
    @Nullable Spec spec,
    boolean sound) {

  /** {@code Instance linda}. */
  public String title() {
    return name == null ? "this " + kind.written() : kind.written() + " " + name;
  }
}
