package dev.fjord.host.linux.disk;

import dev.fjord.model.Digest;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** An entry of a store, {@code NAME/SHA256SUFFIX}, by its names alone. */
record StoredVersion(ResourceName name, Digest digest, Path path) {
  /** What lies beside an image, as {@link dev.fjord.model.Layout} names it. */
  private static final Pattern NOTE =
      Pattern.compile("[0-9a-f]{64}(\\.[0-9]+)?\\.(json|verdict|unused|repair)");

  /**
   * Lists a store, by name and digest. An entry of another form becomes a problem, since fjord did
   * not put it there.
   */
  static List<StoredVersion> list(Path store, String suffix, List<Problem> problems)
      throws IOException {
    List<StoredVersion> versions = new ArrayList<>();
    for (Path folder : Folders.list(store)) {
      if (!Folders.isFolder(folder)
          || !folder.getFileName().toString().matches(ResourceName.PATTERN)) {
        problems.add(stranger(folder));
        continue;
      }
      ResourceName name = new ResourceName(folder.getFileName().toString());
      for (Path entry : Folders.list(folder)) {
        String file = entry.getFileName().toString();
        if (file.matches("[0-9a-f]{64}") && suffix.isEmpty()
            || file.matches("[0-9a-f]{64}\\..*") && file.substring(64).equals(suffix)) {
          versions.add(new StoredVersion(name, new Digest(file.substring(0, 64)), entry));
        } else if (suffix.isEmpty()
            || !NOTE.matcher(file).matches() && Layout.wideSize(entry) == null) {
          problems.add(stranger(entry));
        }
      }
    }
    return versions;
  }

  private static Problem stranger(Path path) {
    return Problem.of("stranger", path + " was not put into the store by fjord")
        .hint("It is left alone. Move it elsewhere.");
  }
}
