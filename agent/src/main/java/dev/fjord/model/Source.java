package dev.fjord.model;

import java.nio.file.Path;

/** Where a kernel or an image comes from. */
public sealed interface Source {

  /**
   * A file of the host.
   *
   * @param path absolute
   */
  record FileSource(Path path) implements Source {
    public FileSource {
      if (!path.isAbsolute() || !path.normalize().equals(path)) {
        throw new IllegalArgumentException(
            "a file: source is an absolute path without '..': " + path);
      }
    }

    @Override
    public String toString() {
      return "file:" + path;
    }
  }

  static Source parse(String text) {
    if (text.startsWith("file:")) {
      String path = text.substring("file:".length());
      return new FileSource(Path.of(path.startsWith("//") ? path.substring(2) : path));
    }
    throw new IllegalArgumentException("'" + text + "' is not a source: write file:/absolute/path");
  }
}
