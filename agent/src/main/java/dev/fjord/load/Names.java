package dev.fjord.load;

import dev.fjord.load.document.DocumentKind;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.Nearest;
import dev.fjord.problem.Problem;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which names are declared, by documents with faults, too: a wrong field in an image must not make
 * every instance of it wrong as well.
 */
final class Names {
  private static final int FEW = 10;

  private final Map<DocumentKind, Set<ResourceName>> declared = new EnumMap<>(DocumentKind.class);
  private final Set<DocumentKind> partlyKnown = EnumSet.noneOf(DocumentKind.class);

  /**
   * A person reads only a few suggestions; thousands of them, each among thousands of names, would
   * take seconds.
   */
  private int suggestions = 100;

  /** Returns false when the name was there already. */
  boolean add(DocumentKind kind, ResourceName name) {
    return declared.computeIfAbsent(kind, none -> new TreeSet<>()).add(name);
  }

  /** There are documents of this kind whose names could not be read. */
  void addUnknown(DocumentKind kind) {
    partlyKnown.add(kind);
  }

  Set<ResourceName> of(DocumentKind kind) {
    return declared.getOrDefault(kind, Set.of());
  }

  /** Whether there is certainly no such document. */
  boolean lacks(DocumentKind kind, ResourceName name) {
    return !partlyKnown.contains(kind) && !of(kind).contains(name);
  }

  boolean lacksAny(DocumentKind kind) {
    return !partlyKnown.contains(kind) && of(kind).isEmpty();
  }

  /**
   * A reference to a document that is not there.
   *
   * @param who the document and what it does: {@code Instance linda names image}
   */
  Problem dangling(String who, DocumentKind kind, ResourceName name) {
    return Problem.of(
            "no-such-" + kind.schema(),
            "%s '%s'; there is no such %s".formatted(who, name, kind.written()))
        .hint(hint(kind, name));
  }

  private String hint(DocumentKind kind, ResourceName name) {
    String home = "it would be in " + kind.home();
    if (suggestions-- <= 0) {
      return home;
    }
    List<String> candidates = of(kind).stream().map(ResourceName::value).toList();
    String nearest = Nearest.hint(name.value(), candidates);
    if (nearest != null) {
      return nearest;
    }
    return candidates.isEmpty() || candidates.size() > FEW
        ? home
        : "there is " + String.join(", ", candidates);
  }
}
