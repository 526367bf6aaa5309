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
import java.util.List;
import java.util.Set;

/**
 * A library that, preloaded, lets kernels before 6.13 run on a processor whose XSAVE area is larger
 * than they know (AMX). Compiled on the host from the source in this jar, once per version of it.
 */
final class XsaveLibrary {
  private static final String SOURCE = source();
  private static final Set<String> COMPILERS = Set.of("/usr/bin/cc", "/usr/bin/gcc");

  private final Path folder;

  XsaveLibrary(Layout layout) {
    this.folder = layout.libraries();
  }

  /** Of the source: a trial made with another is asked again. */
  static Digest version() {
    return Digest.ofText(SOURCE);
  }

  /** Where it is, or will be. */
  Path path() {
    return folder.resolve("xsave-" + version().brief() + ".so");
  }

  /** Compiles it unless that was done. */
  synchronized Path compiled() {
    if (Files.exists(path())) {
      return path();
    }
    Path unfinished = DurableFile.beside(path());
    Path source = folder.resolve("xsave.c");
    try {
      DurableFile.write(source, SOURCE.getBytes(StandardCharsets.UTF_8));
      Command.of(words(source, unfinished)).output();
      Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("r-xr-xr-x"));
      DurableFile.moveIntoPlace(unfinished, path());
      return path();
    } catch (IOException e) {
      throw Problem.of("write-failed", "putting " + path() + " in its place failed")
          .detail(e.toString())
          .asException(e);
    }
  }

  private static List<String> words(Path source, Path library) {
    return List.of(
        compiler(),
        "-O2",
        "-Wall",
        "-shared",
        "-fPIC",
        "-o",
        library.toString(),
        source.toString());
  }

  private static String compiler() {
    return COMPILERS.stream()
        .sorted()
        .filter(path -> Files.isExecutable(Path.of(path)))
        .findFirst()
        .orElseThrow(() ->
            Problem.of(
                    "compiler-missing",
                    "this processor needs a small library for this kernel, and no C compiler"
                        + " was found to make it")
                .hint("apt-get install gcc libc6-dev, or use a kernel of 6.13 or newer")
                .asException());
  }

  private static String source() {
    try (InputStream stream = XsaveLibrary.class.getResourceAsStream("xsave.c")) {
      if (stream == null) {
        throw new IllegalStateException("xsave.c is not in the jar");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("the jar could not be read", e);
    }
  }
}
