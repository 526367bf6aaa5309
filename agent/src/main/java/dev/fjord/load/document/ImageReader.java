package dev.fjord.load.document;

import dev.fjord.model.ByteSize;
import dev.fjord.model.Digest;
import dev.fjord.model.Image;
import dev.fjord.model.ImageOrigin;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Source;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads images: stored as they are, made of an archive, or built of a Debian suite's packages. */
final class ImageReader {
  private static final String TAR = "tar";

  private ImageReader() {}

  /** Null where something that is needed is wrong. */
  static @Nullable Spec read(ResourceName name, Part spec) {
    return spec.field("debootstrap").isAbsent() ? fetched(name, spec) : built(name, spec);
  }

  private static @Nullable Spec fetched(ResourceName name, Part spec) {
    boolean isTar = TAR.equals(spec.field("format").text());
    boolean complete = isThere(spec, "source", "a file, or write debootstrap: to have it built");
    complete &= isThere(spec, "sha256", "its digest, which 'fjord digest' prints");
    Source source = spec.field("source").read(Source::parse);
    Digest sha256 = spec.field("sha256").read(Digest::parse);
    Said<ByteSize> size = isTar ? Sizes.built(spec.field("size")) : Sizes.image(spec.field("size"));
    if (!complete || source == null || sha256 == null || size == null) {
      return null;
    }
    ImageOrigin origin =
        isTar ? new ImageOrigin.Tarball(source, sha256) : new ImageOrigin.Disk(source, sha256);
    return new Spec.OfImage(new Image(name, origin, size.value()), null);
  }

  private static boolean isThere(Part spec, String field, String hint) {
    if (spec.field(field).isAbsent()) {
      spec.report("missing-field", "there is no field '" + field + "'", field + ": " + hint);
      return false;
    }
    return true;
  }

  private static @Nullable Spec built(ResourceName name, Part spec) {
    boolean alone = true;
    for (String field : List.of("source", "sha256", "format")) {
      if (!spec.field(field).isAbsent()) {
        spec.field(field)
            .report(
                "bad-value",
                "it does not go together with 'debootstrap'",
                "leave it out: the recipe itself tells one version from another");
        alone = false;
      }
    }
    Part recipe = spec.field("debootstrap");
    String suite = recipe.field("suite").text();
    String mirror = recipe.field("mirror").text();
    Said<String> script = recipe.field("postInstall").say(text -> text);
    Said<ByteSize> size = Sizes.built(spec.field("size"));
    if (!alone || suite == null || mirror == null || size == null) {
      return null;
    }
    List<String> components = words(recipe.field("components"));
    ImageOrigin origin =
        new ImageOrigin.Debootstrap(
            suite,
            mirror,
            components.isEmpty() ? List.of("main") : components,
            words(recipe.field("packages")),
            null);
    return new Spec.OfImage(new Image(name, origin, size.value()), script);
  }

  private static List<String> words(Part list) {
    List<String> words = new ArrayList<>();
    for (Part item : list.items()) {
      String word = item.text();
      if (word != null) {
        words.add(word);
      }
    }
    return words;
  }
}
