package dev.fjord.model;

/** What happens to an instance when its image gets another digest. */
public enum ImageChangePolicy {
  /** It stays on the version that it was created on, and is reported as outdated. */
  KEEP,
  /**
   * Its root goes to the trash and it gets a fresh one on the new version; its volumes stay. Back
   * on the old version it has its old root again, as long as that is in the trash.
   */
  REPLACE,
  /**
   * What was changed on its root is carried over to the new version, file by file; the old root
   * goes to the trash. If it does not come up then, the old root comes back.
   */
  REBASE
}
