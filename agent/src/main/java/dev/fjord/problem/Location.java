package dev.fjord.problem;

/**
 * A place in a file of the desired-state repository or of the agent's settings.
 *
 * @param file path relative to the repository's root, or an absolute path for a file of the host
 * @param line 1-based; 0 when the whole file is meant
 * @param column 1-based; 0 when the whole line or file is meant
 */
public record Location(String file, int line, int column) implements Comparable<Location> {
  public Location {
    if (line < 0 || column < 0) {
      throw new IllegalArgumentException("line and column start at 1: " + line + ":" + column);
    }
  }

  public static Location file(String file) {
    return new Location(file, 0, 0);
  }

  @Override
  public int compareTo(Location other) {
    int byFile = file.compareTo(other.file);
    if (byFile != 0) {
      return byFile;
    }
    return line != other.line
        ? Integer.compare(line, other.line)
        : Integer.compare(column, other.column);
  }

  /** {@code file:line:column}, as compilers print it and editors open it. */
  @Override
  public String toString() {
    if (line == 0) {
      return file;
    }
    return column == 0 ? file + ":" + line : file + ":" + line + ":" + column;
  }
}
