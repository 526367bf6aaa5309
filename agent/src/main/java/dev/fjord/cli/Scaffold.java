package dev.fjord.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The files of a repository to begin with, from templates beside this class. */
final class Scaffold {
  private static final List<String> TEMPLATES =
      List.of(
          "README.md",
          "fjord.yaml",
          "hosts/@HOST@.yaml",
          "kernels/uml.yaml",
          "images/tiny.yaml",
          "switches/lan.yaml",
          "partners/@PARTNER@.yaml",
          "partners/@PARTNER@/@PARTNER@.yaml");

  private Scaffold() {}

  /** Contents by path, in the order in which they are best read. */
  static Map<String, String> files(MachineFacts facts) {
    Map<String, String> files = new LinkedHashMap<>();
    for (String template : TEMPLATES) {
      files.put(facts.fill(template), facts.fill(read(template)));
    }
    return files;
  }

  private static String read(String template) {
    String plain = template.replace("@HOST@", "host").replace("@PARTNER@", "partner");
    String resource = "init/" + plain.replace("partner/partner", "partner/instance");
    try (InputStream in = Scaffold.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("this fjord lacks its template " + resource);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
