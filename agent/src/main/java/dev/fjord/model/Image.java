package dev.fjord.model;

/**
 * A pristine image: a root file system that is shared and never written.
 *
 * @param size of the file, a multiple of 512
 */
public record Image(ResourceName name, ImageOrigin origin, ByteSize size) {

  /** Which version of this name it is; whatever stands on the image refers to it by this. */
  public Digest version() {
    return origin.version(size);
  }
}
