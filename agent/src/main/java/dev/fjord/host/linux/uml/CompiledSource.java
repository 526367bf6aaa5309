package dev.fjord.host.linux.uml;

import dev.fjord.file.DurableFile;
import dev.fjord.model.Digest;
import dev.fjord.model.Layout;
import dev.fjord.problem.Problem;
import dev.fjord.process.Command;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * A source in C that comes in this jar and is compiled on the host, once for each version of it.
 * Safe for use by many threads, and by two agents at once: the file appears whole.
 */
final class CompiledSource {
  private static final List<String> COMPILERS = List.of("/usr/bin/cc", "/usr/bin/gcc");

  private final String name;
  private final String text;
  private final List<String> options;
  private final String need;

  /**
   * @param name of the source, without {@code .c}
   * @param options of cc(1), besides warnings and optimisation
   * @param need a clause for a host without a compiler: what needs one, and what would help instead
   */
  CompiledSource(String name, List<String> options, String need) {
    this.name = name;
    this.text = text(name + ".c");
    this.options = options;
    this.need = need;
  }

  /** The digest of the source: a file that was compiled from another one is not used. */
  Digest version() {
    return Digest.ofText(text);
  }

  /** Where it is, or will be. */
  Path path(Layout layout) {
    return layout.libraries().resolve(name + "-" + version().brief());
  }

  /**
   * Compiles it unless that was done.
   *
   * @throws dev.fjord.problem.ProblemException when there is no compiler, or it fails
   */
  synchronized Path compiled(Layout layout) {
    Path place = path(layout);
    if (Files.exists(place)) {
      return place;
    }
    Path unfinished = DurableFile.beside(place);
    Path source = layout.libraries().resolve(name + ".c");
    try {
      DurableFile.write(source, text.getBytes(StandardCharsets.UTF_8));
      Command.of(words(source, unfinished)).output();
      Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("r-xr-xr-x"));
      DurableFile.moveIntoPlace(unfinished, place);
      return place;
    } catch (IOException e) {
      throw Problem.of("write-failed", "putting " + place + " in its place failed")
          .detail(e.toString())
          .asException(e);
    }
  }

  private List<String> words(Path source, Path place) {
    List<String> words = new ArrayList<>(List.of(compiler(), "-O2", "-Wall"));
    words.addAll(options);
    words.addAll(List.of("-o", place.toString(), source.toString()));
    return words;
  }

  private String compiler() {
    return COMPILERS.stream()
        .filter(path -> Files.isExecutable(Path.of(path)))
        .findFirst()
        .orElseThrow(() ->
            Problem.of("compiler-missing", need + ", and no C compiler was found to make it")
                .hint("apt-get install gcc libc6-dev")
                .asException());
  }

  private static String text(String resource) {
    try (InputStream stream = CompiledSource.class.getResourceAsStream(resource)) {
      if (stream == null) {
        throw new IllegalStateException(resource + " is not in the jar");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("the jar could not be read", e);
    }
  }
}
