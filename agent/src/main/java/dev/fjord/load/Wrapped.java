package dev.fjord.load;

import dev.fjord.problem.Location;
import dev.fjord.problem.Problem;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Files that hold something else than they should, because the program that would unwrap them is
 * not run: fjord reads what Git stores, without filters.
 *
 * @param code of the problem
 * @param beginning what the file begins with
 * @param what such a file is
 */
record Wrapped(String code, String beginning, String what, String hint) {
  private static final String ENCRYPTED = "encrypted";
  private static final String DECRYPT =
      "fjord has no keys, and needs none: what describes machines holds no secrets. Commit the file"
          + " as it is.";

  private static final List<Wrapped> KNOWN =
      List.of(
          new Wrapped(
              "lfs-pointer",
              "version https://git-lfs.github.com/spec/",
              "a pointer of Git LFS: the file itself is not in the repository",
              "Take it out of LFS: 'git lfs untrack' its pattern, then 'git add --renormalize'"
                  + " it."),
          new Wrapped(ENCRYPTED, "\0GITCRYPT\0", "encrypted by git-crypt", DECRYPT),
          new Wrapped(ENCRYPTED, "age-encryption.org/v1", "encrypted by age", DECRYPT),
          new Wrapped(ENCRYPTED, "-----BEGIN AGE ENCRYPTED FILE", "encrypted by age", DECRYPT),
          new Wrapped(ENCRYPTED, "-----BEGIN PGP MESSAGE", "encrypted by PGP", DECRYPT),
          new Wrapped(ENCRYPTED, "$ANSIBLE_VAULT;", "encrypted by Ansible", DECRYPT));

  /** SOPS encrypts values and leaves YAML: its own field is at the top. */
  private static final Pattern SOPS = Pattern.compile("(?m)^[\"']?sops[\"']?[ \t]*:");

  private static final Pattern SOPS_VALUE = Pattern.compile("ENC\\[AES256_GCM,");

  /** What a file is, when it is known to be no document; null otherwise. */
  static @Nullable Wrapped of(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    for (Wrapped known : KNOWN) {
      if (text.startsWith(known.beginning)) {
        return known;
      }
    }
    return SOPS.matcher(text).find() && SOPS_VALUE.matcher(text).find()
        ? new Wrapped(ENCRYPTED, "", "encrypted by SOPS", DECRYPT)
        : null;
  }

  Problem problem(String file) {
    return Problem.of(code, "the file is " + what).hint(hint).at(new Location(file, 1, 1));
  }
}
