package dev.fjord.host.linux.disk;

import dev.fjord.model.ByteSize;
import dev.fjord.model.Instance;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Volume;
import dev.fjord.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** The volumes that lie in an instance's folder. */
final class VolumeFiles {
  private static final String SUFFIX = ".img";

  private VolumeFiles() {}

  /** Sizes by name; a file that is not a volume by its name or kind is left out. */
  static Map<ResourceName, ByteSize> in(Path folder) throws IOException {
    Map<ResourceName, ByteSize> sizes = new TreeMap<>();
    for (Path file : Folders.list(Layout.volumesIn(folder))) {
      String name = file.getFileName().toString();
      if (name.matches(ResourceName.PATTERN + "\\.img") && Folders.isFile(file)) {
        String volume = name.substring(0, name.length() - SUFFIX.length());
        sizes.put(new ResourceName(volume), new ByteSize(Files.size(file)));
      }
    }
    return sizes;
  }

  /**
   * Refuses when a volume would have to become smaller.
   *
   * @throws dev.fjord.problem.ProblemException with all that would
   */
  static void refuseToShrink(Instance before, Instance wanted) {
    StringBuilder smaller = new StringBuilder();
    for (Volume volume : wanted.volumes()) {
      before.volumes().stream()
          .filter(other -> other.name().equals(volume.name()))
          .filter(other -> other.size().compareTo(volume.size()) > 0)
          .forEach(other ->
              smaller.append(
                  "%nvolume %s has %s, wanted: %s"
                      .formatted(volume.name(), other.size(), volume.size())));
    }
    if (!smaller.isEmpty()) {
      throw Problem.of(
              "volume-size", "volumes of instance " + wanted.name() + " would become smaller")
          .detail(smaller.toString().strip())
          .hint("What is at their end would be lost. Declare the size that they have, or more.")
          .asException();
    }
  }
}
