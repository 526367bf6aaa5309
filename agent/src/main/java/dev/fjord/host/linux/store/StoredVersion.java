package dev.fjord.host.linux.store;

import dev.fjord.model.Digest;
import dev.fjord.model.ImageVersion;
import dev.fjord.model.ResourceName;

/** An {@link ImageVersion} as {@code instance.json} has it. */
record StoredVersion(ResourceName image, Digest digest) {
  static StoredVersion of(ImageVersion version) {
    return new StoredVersion(version.image(), version.digest());
  }

  ImageVersion version() {
    return new ImageVersion(image, digest);
  }
}
