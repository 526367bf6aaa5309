package dev.fjord.load;

import dev.fjord.load.document.DocumentKind;
import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Tree;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a file's path says about the documents in it.
 *
 * @param kind the only one that they may be of
 * @param scope the owner that a fault in the file holds back
 * @param partner the owner of the file; null for the site
 */
record Folder(DocumentKind kind, Scope scope, @Nullable ResourceName partner) {
  static final String SITE_FILE = "fjord.yaml";

  /** Where fjord reads nothing: a document there is misplaced, whatever it is. */
  static final Folder NOWHERE = new Folder(DocumentKind.INSTANCE, Scope.NOBODY, null);

  private static final Pattern NAME = Pattern.compile(ResourceName.PATTERN);

  /** The top-level folders, {@code partners} apart. */
  static final Map<String, DocumentKind> KINDS =
      Map.of(
          "hosts", DocumentKind.HOST,
          "kernels", DocumentKind.KERNEL,
          "images", DocumentKind.IMAGE,
          "switches", DocumentKind.SWITCH,
          "instances", DocumentKind.INSTANCE);

  static final String PARTNERS = Tree.PARTNERS;

  /** The owner of the instances in such a file. */
  Owner owner() {
    return partner == null ? Owner.SITE : Owner.partner(partner);
  }

  /**
   * The folder of a path.
   *
   * @return null when nothing of fjord belongs at that path
   */
  static @Nullable Folder of(String path) {
    if (path.equals(SITE_FILE)) {
      return new Folder(DocumentKind.SITE, Scope.EVERYTHING, null);
    }
    int slash = path.indexOf('/');
    if (slash < 0) {
      return null;
    }
    String top = path.substring(0, slash);
    if (top.equals(PARTNERS)) {
      return partners(path.substring(slash + 1));
    }
    DocumentKind kind = KINDS.get(top);
    if (kind == null) {
      return null;
    }
    Scope scope = kind == DocumentKind.INSTANCE ? Scope.of(Owner.SITE) : Scope.EVERYTHING;
    return new Folder(kind, scope, null);
  }

  private static @Nullable Folder partners(String below) {
    int slash = below.indexOf('/');
    int dot = below.lastIndexOf('.');
    String name = below.substring(0, slash >= 0 ? slash : dot >= 0 ? dot : below.length());
    DocumentKind kind = slash >= 0 ? DocumentKind.INSTANCE : DocumentKind.PARTNER;
    // No partner can have such a name: only the documents show what is meant there.
    if (!NAME.matcher(name).matches()) {
      return new Folder(kind, Scope.NOBODY, null);
    }
    ResourceName partner = new ResourceName(name);
    return new Folder(kind, Scope.of(Owner.partner(partner)), partner);
  }

  /**
   * Whether no owner's documents are there: below {@code partners/} under a name that no partner
   * can have, or where fjord reads nothing.
   */
  boolean isNobodys() {
    return scope instanceof Scope.Nobody;
  }
}
