import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;

/**
 * Fills {@code target/fjord/lib}. Run from its source by the tool chain's JVM.
 *
 * <p>The JVM keeps two kinds of classes out of a class cache, and together they are a third of what
 * a start loads: those of signed jars (JGit), so the signatures go, and those from before Java 6
 * (picocli), so they get the frames that a newer verifier wants. A jar that did not change is left
 * alone, with its date, so that the class cache, which is named after both, stays valid from build
 * to build.
 */
final class Libraries {
  private static final Pattern SIGNATURE =
      Pattern.compile("META-INF/([^/]+\\.(SF|RSA|DSA|EC)|INDEX\\.LIST)");

  /** zstd-jni brings its library for twenty platforms, six mebibytes; fjord runs on one of them. */
  private static final Pattern OTHER_PLATFORM =
      Pattern.compile("(?!linux/amd64/).*/libzstd-jni-[^/]*");

  private static final String SUMS = "SHA256SUMS";

  private Libraries() {}

  /** Arguments: the folder to fill, our own jar, a file with the path of the others. */
  public static void main(String[] args) throws Exception {
    var lib = Files.createDirectories(Path.of(args[0]));
    var jars = new TreeSet<Path>(Comparator.comparing(Path::getFileName));
    jars.add(Path.of(args[1]));
    Arrays.stream(Files.readString(Path.of(args[2])).strip().split(":"))
        .map(Path::of)
        .forEach(jars::add);
    removeOthers(lib, jars);
    for (var jar : jars) {
      rewrite(jar, lib.resolve(jar.getFileName()));
    }
    sums(lib, jars);
  }

  private static void removeOthers(Path lib, TreeSet<Path> jars) throws IOException {
    var names = new ArrayList<>(jars.stream().map(jar -> jar.getFileName().toString()).toList());
    names.add(SUMS);
    try (var present = Files.list(lib)) {
      for (var file : present.toList()) {
        if (!names.contains(file.getFileName().toString())) {
          Files.delete(file);
        }
      }
    }
  }

  private static void rewrite(Path jar, Path target) throws IOException {
    var fresh = Files.createTempFile(target.getParent(), "jar", ".tmp");
    // Without verifying: not every signer covers the entries for newer versions of Java.
    try (var in = new JarFile(jar.toFile(), false);
        var loader = new URLClassLoader(new URL[] {jar.toUri().toURL()});
        var out = new ZipOutputStream(Files.newOutputStream(fresh))) {
      for (var entry : (Iterable<ZipEntry>) in.stream().map(ZipEntry.class::cast)::iterator) {
        if (SIGNATURE.matcher(entry.getName()).matches()
            || OTHER_PLATFORM.matcher(entry.getName()).matches()) {
          continue;
        }
        var copy = new ZipEntry(entry.getName());
        copy.setTimeLocal(entry.getTimeLocal());
        out.putNextEntry(copy);
        if (entry.getName().equals(JarFile.MANIFEST_NAME)) {
          withoutDigests(in.getManifest()).write(out);
        } else {
          var bytes = in.getInputStream(entry).readAllBytes();
          out.write(isOld(entry, bytes) ? withFrames(bytes, loader) : bytes);
        }
      }
    }
    put(fresh, target);
  }

  /** A class path in a manifest would lead around the launcher's own, so it goes as well. */
  private static Manifest withoutDigests(Manifest manifest) {
    manifest.getMainAttributes().remove(Attributes.Name.CLASS_PATH);
    for (var section : manifest.getEntries().values()) {
      section.keySet().removeIf(name -> name.toString().endsWith("-Digest"));
    }
    manifest.getEntries().values().removeIf(Map::isEmpty);
    return manifest;
  }

  private static boolean isOld(ZipEntry entry, byte[] bytes) {
    return entry.getName().endsWith(".class") && ByteBuffer.wrap(bytes).getShort(6) < Opcodes.V1_6;
  }

  private static byte[] withFrames(byte[] bytes, ClassLoader loader) {
    var writer =
        new ClassWriter(ClassWriter.COMPUTE_FRAMES) {
          @Override
          protected ClassLoader getClassLoader() {
            return loader;
          }
        };
    var newer =
        new ClassVisitor(Opcodes.ASM9, writer) {
          @Override
          public void visit(
              int version, int access, String name, String generic, String base, String[] faces) {
            super.visit(Opcodes.V1_8, access, name, generic, base, faces);
          }
        };
    new ClassReader(bytes).accept(newer, ClassReader.SKIP_FRAMES);
    return writer.toByteArray();
  }

  /**
   * In the form that {@code sha256sum --check} reads. The launcher names the class cache after it.
   */
  private static void sums(Path lib, TreeSet<Path> jars) throws Exception {
    var lines = new StringBuilder();
    for (var jar : jars) {
      var bytes = Files.readAllBytes(lib.resolve(jar.getFileName()));
      var sum = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
      lines.append(sum).append("  ").append(jar.getFileName()).append('\n');
    }
    put(Files.writeString(Files.createTempFile(lib, "sums", ".tmp"), lines), lib.resolve(SUMS));
  }

  private static void put(Path fresh, Path target) throws IOException {
    Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-r--r--"));
    if (Files.exists(target) && Files.mismatch(fresh, target) == -1) {
      Files.delete(fresh);
    } else {
      Files.move(fresh, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
