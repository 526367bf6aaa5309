package dev.fjord.cli;

import dev.fjord.model.AuthorizedKey;
import dev.fjord.model.Digest;
import dev.fjord.model.ResourceName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a first repository can know of the machine on which it is written.
 *
 * @param kernel the digest of the kernel's binary; null when it is not installed
 * @param key the public key of the user who runs this; null when none was found
 */
record MachineFacts(
    String host,
    String partner,
    long memoryMebibytes,
    long diskMebibytes,
    @Nullable String kernel,
    @Nullable String key) {
  private static final Path KERNEL = Path.of("/usr/bin/linux.uml");
  private static final String NO_DIGEST = "0".repeat(64);

  /** The point of order two on no curve: nobody can have the other half of it. */
  private static final String NOBODYS_KEY =
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + "A".repeat(43) + " nobody@example.org";

  static MachineFacts ofThisMachine(Path folder, @Nullable String home) {
    return new MachineFacts(
        name(firstLine(Path.of("/proc/sys/kernel/hostname")), "slart"),
        name(System.getProperty("user.name", "").equals("root") ? null : user(), "linda"),
        memory(),
        disk(folder),
        kernelDigest(),
        key(home));
  }

  String fill(String template) {
    return template
        .replace("@HOST@", host)
        .replace("@PARTNER@", partner)
        .replace("@MEMORY@", memoryMebibytes + "MiB")
        .replace("@DISK@", diskMebibytes + "MiB")
        .replace("@KERNEL_SHA256@", kernel == null ? NO_DIGEST : kernel)
        .replace("@IMAGE_SHA256@", NO_DIGEST)
        .replace("@KEY@", key == null ? NOBODYS_KEY : key);
  }

  /** What only the administrator can fill in, one line each. */
  String stillToDo() {
    return (kernel == null
            ? "  kernels/uml.yaml: the kernel's sha256 ('fjord doctor' helps)\n"
            : "")
        + "  images/tiny.yaml: an image, its size and its sha256\n"
        + (key == null ? "  partners/" + partner + ".yaml: a public key\n" : "");
  }

  private static @Nullable String user() {
    return System.getProperty("user.name");
  }

  private static String name(@Nullable String text, String otherwise) {
    String first = text == null ? "" : text.toLowerCase(Locale.ROOT).split("\\.", -1)[0];
    return first.matches(ResourceName.PATTERN) ? first : otherwise;
  }

  private static long memory() {
    String line = firstLine(Path.of("/proc/meminfo"));
    String digits = line == null ? "" : line.replaceAll("[^0-9]", "");
    return digits.isEmpty() ? 4096 : Math.max(1024, Long.parseLong(digits) >> 10);
  }

  private static long disk(Path folder) {
    Path there = folder.toAbsolutePath();
    while (there.getParent() != null && !Files.exists(there)) {
      there = there.getParent();
    }
    try {
      return Math.max(8192, Files.getFileStore(there).getUsableSpace() >> 20);
    } catch (IOException e) {
      return 40_960;
    }
  }

  private static @Nullable String kernelDigest() {
    MessageDigest hasher = Digest.hasher();
    try (InputStream in = Files.newInputStream(KERNEL)) {
      in.transferTo(new DigestOutputStream(java.io.OutputStream.nullOutputStream(), hasher));
      return Digest.of(hasher).hex();
    } catch (IOException notInstalled) {
      return null;
    }
  }

  private static @Nullable String key(@Nullable String home) {
    for (String name : List.of("id_ed25519.pub", "id_ecdsa.pub", "id_rsa.pub")) {
      String line = home == null ? null : firstLine(Path.of(home, ".ssh", name));
      try {
        if (line != null) {
          return AuthorizedKey.parse(line).line();
        }
      } catch (IllegalArgumentException anotherKind) {
        // Perhaps the next one.
      }
    }
    return null;
  }

  private static @Nullable String firstLine(Path file) {
    try (var lines = Files.lines(file)) {
      return lines.findFirst().orElse(null);
    } catch (IOException | java.io.UncheckedIOException notThere) {
      return null;
    }
  }
}
