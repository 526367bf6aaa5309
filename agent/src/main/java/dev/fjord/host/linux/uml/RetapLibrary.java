package dev.fjord.host.linux.uml;

import dev.fjord.model.Layout;
import dev.fjord.problem.ProblemException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A library that, preloaded, lets a kernel take up a tap that was deleted and made again. */
final class RetapLibrary {
  private static final String NAME = "retap";
  private static final CompiledSource SOURCE =
      new CompiledSource(
          NAME,
          List.of("-shared", "-fPIC"),
          "a kernel needs a small library to outlive the deletion of its tap");

  private final Layout layout;

  RetapLibrary(Layout layout) {
    this.layout = layout;
  }

  /** Compiles it unless that was done; null where it cannot be: a lost tap costs a restart then. */
  @Nullable Path compiled() {
    try {
      return SOURCE.compiled(layout);
    } catch (ProblemException noCompiler) {
      return null;
    }
  }

  /** Whether a kernel was started with it, in this version or another. */
  boolean isIn(long pid) {
    String any = layout.libraries().resolve(NAME + "-").toString();
    return Proc.environment(pid).stream()
        .anyMatch(word -> word.startsWith("LD_PRELOAD=") && word.contains(any));
  }
}
