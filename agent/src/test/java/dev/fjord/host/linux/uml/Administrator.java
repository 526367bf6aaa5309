package dev.fjord.host.linux.uml;

import dev.fjord.process.Interactive;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Who runs 'fjord console': a program of its own, since it gives its terminal away. */
final class Administrator {
  private Administrator() {}

  public static void main(String[] words) {
    System.exit(Interactive.run(List.of(words), Map.of()));
  }

  /** Words that do with an attachment's what that command does. */
  static List<String> attaches(List<String> words) {
    List<String> all = new ArrayList<>();
    all.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    all.addAll(List.of("-cp", System.getProperty("java.class.path")));
    all.add(Administrator.class.getName());
    all.addAll(words);
    return all;
  }
}
