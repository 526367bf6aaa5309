package dev.fjord.host.linux.uml;

import dev.fjord.model.Digest;
import dev.fjord.model.Layout;
import java.nio.file.Path;
import java.util.List;

/**
 * A library that, preloaded, lets kernels before 6.13 run on a processor whose XSAVE area is larger
 * than they know (AMX).
 */
final class XsaveLibrary {
  private static final CompiledSource SOURCE =
      new CompiledSource(
          "xsave",
          List.of("-shared", "-fPIC"),
          "this processor needs a small library for this kernel (one of 6.13 or newer needs none)");

  private final Layout layout;

  XsaveLibrary(Layout layout) {
    this.layout = layout;
  }

  /** The digest of the source: a kernel whose trial used another one is tried again. */
  static Digest version() {
    return SOURCE.version();
  }

  /** Where it is, or will be. */
  Path path() {
    return SOURCE.path(layout);
  }

  /** Compiles it unless that was done. */
  Path compiled() {
    return SOURCE.compiled(layout);
  }
}
