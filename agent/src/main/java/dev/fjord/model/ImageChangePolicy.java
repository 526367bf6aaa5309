package dev.fjord.model;

/** What happens to an instance when its image gets another digest. */
public enum ImageChangePolicy {
  /** It stays on the version that it was created on, and is reported as outdated. */
  KEEP,
  /**
   * Its root goes to the trash and it gets a fresh one on the new version; its volumes stay. When
   * it goes back to the old version it gets its old root back, as long as that is in the trash.
   */
  REPLACE,
  /**
   * What was changed on its root is carried over to the new version, file by file; the old root
   * goes to the trash. If the instance does not answer then, the old root comes back.
   */
  REBASE
}
