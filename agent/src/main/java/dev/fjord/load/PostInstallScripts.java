package dev.fjord.load;

import dev.fjord.load.document.Said;
import dev.fjord.model.Image;
import dev.fjord.model.ImageOrigin;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Tree;
import dev.fjord.problem.Printable;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads the scripts that images name, whose text is part of their recipes. */
record PostInstallScripts(Tree tree, ProblemCollector problems) {
  private static final int LARGEST = 256 << 10;

  /** Gives each image its script; an image whose script has a fault gets none, and is not used. */
  void fill(Catalogue catalogue) {
    catalogue.scripts.forEach((name, script) -> {
      String text = text(name, script);
      Image image = catalogue.images.get(name);
      if (text != null
          && image != null
          && image.origin() instanceof ImageOrigin.Debootstrap recipe) {
        catalogue.images.put(name, new Image(name, recipe.with(text), image.size()));
      }
    });
  }

  private @Nullable String text(ResourceName image, Said<String> script) {
    String path = script.value();
    if (path.startsWith(Folder.PARTNERS + "/")) {
      return refuse(
          image,
          script,
          "lies in " + Folder.PARTNERS + "/, where partners write",
          "put it beside the Image, such as images/" + image + "/setup.sh");
    }
    Tree.File file =
        tree.files().stream().filter(f -> f.path().equals(path)).findFirst().orElse(null);
    if (file == null) {
      boolean skipped =
          tree.skipped().stream()
              .anyMatch(p -> p.location() != null && path.equals(p.location().file()));
      return skipped
          ? refuse(
              image, script, "is no regular file", "links are not followed: put the file there")
          : refuse(
              image,
              script,
              "is not in the repository",
              "the path is that from the repository's root; was the file added to the commit?");
    }
    try {
      return readable(image, script, tree.read(file, LARGEST));
    } catch (ProblemException e) {
      return refuse(image, script, "could not be read: " + e.problem().summary(), null);
    }
  }

  private @Nullable String readable(ResourceName image, Said<String> script, byte[] bytes) {
    Wrapped wrapped = Wrapped.of(bytes);
    if (wrapped != null) {
      return refuse(image, script, "is " + wrapped.what(), wrapped.hint());
    }
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return refuse(image, script, "is not UTF-8 text", "fetch programs as packages instead");
    }
    if (text.startsWith("\uFEFF")) {
      return refuse(
          image,
          script,
          "begins with an invisible byte order mark (U+FEFF)",
          "save it as UTF-8 without one: the kernel looks for '#!' in the first bytes");
    }
    if (text.contains("\r\n")) {
      return refuse(
          image,
          script,
          "has the line ends of Windows (CR LF)",
          "the kernel would look for a program called '/bin/sh\\r': write '*.sh text eol=lf' into"
              + " .gitattributes, then 'git add --renormalize .'");
    }
    if (!text.startsWith("#!/")) {
      return refuse(
          image, script, "does not begin with '#!/'", "begin it with #!/bin/sh, and 'set -eu'");
    }
    return text;
  }

  private @Nullable String refuse(
      ResourceName image, Said<String> script, String fault, @Nullable String hint) {
    Problem problem =
        Problem.of(
                "bad-script",
                "the postInstall script of Image %s %s: %s"
                    .formatted(image, fault, Printable.quote(script.value())))
            .at(Objects.requireNonNull(script.at()));
    problems.add(Scope.EVERYTHING, hint == null ? problem : problem.hint(hint));
    return null;
  }
}
