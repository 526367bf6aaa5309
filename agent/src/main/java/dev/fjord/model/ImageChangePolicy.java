package dev.fjord.model;

/** What happens to an instance when its image gets another digest. */
public enum ImageChangePolicy {
  /** It stays on the version that it was created on, and is reported as outdated. */
  KEEP
}
