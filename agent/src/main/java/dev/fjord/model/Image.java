package dev.fjord.model;

/**
 * A pristine image: a root file system that is shared and never written.
 *
 * @param size of the file, a multiple of 512
 */
public record Image(ResourceName name, ImageOrigin origin, ByteSize size) {

  /** One that is stored as it is. */
  public Image(ResourceName name, Source source, Digest sha256, ByteSize size) {
    this(name, new ImageOrigin.Disk(source, sha256), size);
  }

  /** Which one of this name it is; what stands on it names it so. */
  public Digest version() {
    return origin.version(size);
  }
}
