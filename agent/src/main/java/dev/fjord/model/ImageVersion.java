package dev.fjord.model;

/** One version of an image: what a root's COW stands on. */
public record ImageVersion(ResourceName image, Digest digest) {
  @Override
  public String toString() {
    return image + "@" + digest.brief();
  }
}
