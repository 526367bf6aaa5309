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

  /** Sizes by name; a file that is no volume by its name or kind is none. */
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
   * Refuses when a volume would have to change its size.
   *
   * @throws dev.fjord.problem.ProblemException with all that differ
   */
  static void refuseOtherSizes(Map<ResourceName, ByteSize> found, Instance instance) {
    StringBuilder differ = new StringBuilder();
    for (Volume volume : instance.volumes()) {
      ByteSize size = found.get(volume.name());
      if (size != null && !size.equals(volume.size())) {
        differ.append(
            "%nvolume %s has %s, wanted: %s".formatted(volume.name(), size, volume.size()));
      }
    }
    if (!differ.isEmpty()) {
      throw Problem.of(
              "volume-size", "instance " + instance.name() + " has volumes of another size")
          .detail(differ.toString().strip())
          .hint("Declare the size that it has: fjord does not grow or shrink a volume yet.")
          .asException();
    }
  }
}
