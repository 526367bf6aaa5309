package dev.fjord.model;

/**
 * A disk of an instance that no change of image touches. It holds ext4, whose label is its name.
 *
 * @param name at most 16 characters, the length of an ext4 label
 */
public record Volume(ResourceName name, ByteSize size) {
  public Volume {
    if (name.value().length() > 16) {
      throw new IllegalArgumentException(
          "a volume's name has at most 16 characters, the length of an ext4 label: " + name);
    }
  }
}
