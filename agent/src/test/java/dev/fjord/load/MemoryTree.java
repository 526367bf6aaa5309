package dev.fjord.load;

import dev.fjord.model.Digest;
import dev.fjord.model.Tree;
import dev.fjord.problem.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;

/** A tree of files in memory; each change gives another tree. */
record MemoryTree(TreeMap<String, byte[]> contents) implements Tree {
  static MemoryTree empty() {
    return new MemoryTree(new TreeMap<>());
  }

  /** The regular files below a folder. */
  static MemoryTree of(Path folder) throws IOException {
    TreeMap<String, byte[]> contents = new TreeMap<>();
    try (var walk = Files.walk(folder)) {
      for (Path file : walk.filter(Files::isRegularFile).toList()) {
        contents.put(folder.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    return new MemoryTree(contents);
  }

  MemoryTree with(String path, String text) {
    return with(path, text.getBytes(StandardCharsets.UTF_8));
  }

  MemoryTree with(String path, byte[] bytes) {
    TreeMap<String, byte[]> next = new TreeMap<>(contents);
    next.put(path, bytes);
    return new MemoryTree(next);
  }

  MemoryTree without(String path) {
    TreeMap<String, byte[]> next = new TreeMap<>(contents);
    next.remove(path);
    return new MemoryTree(next);
  }

  @Override
  public String revision() {
    return "memory";
  }

  @Override
  public List<File> files() {
    return contents.entrySet().stream()
        .map(entry -> new File(entry.getKey(), digest(entry.getValue())))
        .toList();
  }

  @Override
  public List<Problem> skipped() {
    return List.of();
  }

  @Override
  public byte[] read(File file, int limit) {
    byte[] bytes = contents.get(file.path());
    if (bytes == null) {
      throw Problem.of("unreadable-file", "there is no " + file.path()).asException();
    }
    if (bytes.length > limit) {
      throw Problem.of("too-large", "the file is larger than " + limit + " bytes").asException();
    }
    return bytes;
  }

  private static String digest(byte[] bytes) {
    var hasher = Digest.hasher();
    hasher.update(bytes);
    return Digest.of(hasher).hex();
  }
}
