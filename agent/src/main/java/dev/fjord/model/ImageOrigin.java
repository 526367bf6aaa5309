package dev.fjord.model;

import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How an image comes into the store. */
public sealed interface ImageOrigin {
  /** Part of every recipe: raised when the same words begin to give another file system. */
  int RECIPE = 1;

  /**
   * What distinguishes this version from every other one: the digest of the content where it is
   * known beforehand, else that of the recipe.
   *
   * @param size of the image
   */
  Digest version(ByteSize size);

  /** A file system as it is stored, pinned by its digest. */
  record Disk(Source source, Digest sha256) implements ImageOrigin {
    @Override
    public Digest version(ByteSize size) {
      return sha256;
    }
  }

  /**
   * The files of a root file system, to be put into one.
   *
   * @param sha256 of the archive, decompressed
   */
  record Tarball(Source source, Digest sha256) implements ImageOrigin {
    @Override
    public Digest version(ByteSize size) {
      return Digest.ofText(
          "{\"recipe\":%d,\"tar\":\"%s\",\"size\":%d}".formatted(RECIPE, sha256, size.bytes()));
    }
  }

  /**
   * A system made of a Debian suite's packages.
   *
   * @param mirror of packages, an http or https address
   * @param components ordered, each once
   * @param packages ordered, each once; what they depend on comes along
   * @param postInstall the text of a script that ends the making, run within the new system
   */
  record Debootstrap(
      String suite,
      String mirror,
      List<String> components,
      List<String> packages,
      @Nullable String postInstall)
      implements ImageOrigin {
    public Debootstrap {
      components = List.copyOf(new TreeSet<>(components));
      packages = List.copyOf(new TreeSet<>(packages));
    }

    public Debootstrap with(String script) {
      return new Debootstrap(suite, mirror, components, packages, script);
    }

    @Override
    public Digest version(ByteSize size) {
      return Digest.ofText(
          "{\"recipe\":%d,\"suite\":%s,\"mirror\":%s,\"components\":%s,\"packages\":%s,\"postInstall\":%s,\"size\":%d}"
              .formatted(
                  RECIPE,
                  quoted(suite),
                  quoted(mirror),
                  quoted(components),
                  quoted(packages),
                  postInstall == null ? "null" : quoted(Digest.ofText(postInstall).hex()),
                  size.bytes()));
    }

    private static String quoted(List<String> words) {
      return words.stream().map(Debootstrap::quoted).collect(Collectors.joining(",", "[", "]"));
    }

    /**
     * The characters that a document may have here need no escape in JSON; others were refused
     * before.
     */
    private static String quoted(String word) {
      if (!word.matches("[ !#-\\[\\]-~]*")) {
        throw new IllegalArgumentException("no word of a recipe: " + word);
      }
      return '"' + word + '"';
    }
  }
}
