package dev.fjord.host.linux.disk;

import dev.fjord.file.DurableFile;
import dev.fjord.host.HostPort.Progress;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Digest;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Layout;
import dev.fjord.model.Layout.Note;
import dev.fjord.model.ResourceName;
import dev.fjord.plan.Kind;
import dev.fjord.plan.Step.Version;
import dev.fjord.problem.Problem;
import dev.fjord.problem.ProblemException;
import dev.fjord.process.Command;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A copy of a stored image that a hole at its end makes as large as the roots on it: a root is
 * exactly as large as what it stands on (arch/um/drivers/ubd_kern.c). It shares the image's blocks
 * where the file system can. Its content is right when the image's bytes are its first ones, and
 * the rest is zero; it is sealed as the image is, and never written.
 */
record WideImage(Layout layout, Version version, ByteSize size) {
  private static final Duration LONGEST_COPY = Duration.ofMinutes(30);
  private static final int BUFFER = 1 << 20;
  private static final byte[] ZEROS = new byte[BUFFER];

  /** Held while one is made, since two instances may ask for the same one at once. */
  private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock();

  /** Makes what the root of {@code record} stands on, if that is a wide copy that is not there. */
  static void provide(Layout layout, InstanceRecord record) throws IOException {
    ByteSize root = record.applied().root();
    if (root != null) {
      Version version = new Version(Kind.IMAGE, record.applied().image(), record.base());
      new WideImage(layout, version, root).provide();
    }
  }

  /** Those that are stored, of one version. */
  static List<WideImage> of(Layout layout, Version version) throws IOException {
    List<WideImage> found = new ArrayList<>();
    if (version.kind() == Kind.IMAGE) {
      for (Path path : Folders.list(layout.images().resolve(version.name().value()))) {
        ByteSize size = Layout.wideSize(path);
        if (size != null && layout.isImage(path, version.name(), version.digest())) {
          found.add(new WideImage(layout, version, size));
        }
      }
    }
    return found;
  }

  void provide() throws IOException {
    ONE_AT_A_TIME.lock();
    try {
      if (!Folders.exists(place())) {
        make();
      }
    } finally {
      ONE_AT_A_TIME.unlock();
    }
  }

  /** Makes it anew from the image; until it is whole, the file in its place stays. */
  void make() throws IOException {
    if (!Folders.isFile(image())) {
      throw Problem.of("image-missing", version.words() + " is not stored")
          .detail(image().toString())
          .hint("Store the image first; nothing was made.")
          .asException();
    }
    Path unfinished = DurableFile.beside(place());
    String tried = "making " + version.words() + " as large as " + size;
    try {
      Folders.delete(unfinished);
      Command.of(
              "cp",
              "--reflink=auto",
              "--sparse=always",
              "--",
              image().toString(),
              unfinished.toString())
          .timeout(LONGEST_COPY)
          .output();
      Digest digest = digest(unfinished); // Before it has its hole, which need not be read then.
      SparseFile.lengthen(unfinished, size.bytes());
      if (!digest.equals(file().expected())) {
        throw Problem.of("image-changed", version.words() + " is not what was stored")
            .detail("sha256 found:  " + digest + "\nsha256 pinned: " + file().expected())
            .hint("No root is made on it. 'fjord verify' tells more.")
            .asException();
      }
      file().attributes(unfinished);
      ImmutableFlag.change(place(), false);
      DurableFile.moveIntoPlace(unfinished, place());
      file().seal();
    } catch (IOException e) {
      Folders.delete(unfinished);
      throw DiskProblem.of(tried, e);
    } catch (ProblemException e) {
      Folders.delete(unfinished);
      throw e.problem().code().equals("image-changed") ? e : DiskProblem.of(tried, e);
    }
  }

  /** As {@link PinnedFile#mend}. */
  void mend(List<String> standing, Progress progress) {
    file().mend(standing, progress, () -> digest(place()));
  }

  /** Removes this copy; what is recorded of the version stays. */
  void remove() throws IOException {
    ImmutableFlag.change(place(), false);
    Files.deleteIfExists(place());
    Folders.sync(layout.images().resolve(version.name().value()));
    file().notes().delete();
  }

  PinnedFile file() {
    ResourceName name = version.name();
    Digest digest = version.digest();
    StoreNotes notes =
        new StoreNotes(
            layout.wideNote(name, digest, size, Note.VERDICT),
            layout.wideNote(name, digest, size, Note.UNUSED),
            layout.wideNote(name, digest, size, Note.REPAIR));
    return new PinnedFile(
        "image " + name + " as large as " + size,
        place(),
        "r--r--r--",
        version,
        notes,
        new ContentRecord(layout.imageContent(name, digest)));
  }

  private Path place() {
    return layout.image(version.name(), version.digest(), size);
  }

  private Path image() {
    return layout.image(version.name(), version.digest());
  }

  /**
   * The digest of the first bytes, as many as the image has, when the others are zero; else another
   * one. The hole is read as well, since nothing else shows that it is one.
   */
  Digest digest(Path path) throws IOException {
    long length = Files.size(image());
    var hasher = Digest.hasher();
    byte[] bytes = new byte[BUFFER];
    long read = 0;
    boolean zero = true;
    try (InputStream in = Files.newInputStream(path)) {
      for (int count; (count = in.readNBytes(bytes, 0, BUFFER)) > 0; read += count) {
        int content = (int) Math.max(0, Math.min(count, length - read));
        hasher.update(bytes, 0, content);
        if (content < count && (!zero || !isZero(bytes, content, count))) {
          zero = false;
          hasher.update(bytes, content, count - content);
        }
      }
    }
    return Digest.of(hasher);
  }

  private static boolean isZero(byte[] bytes, int from, int to) {
    return Arrays.equals(bytes, from, to, ZEROS, 0, to - from);
  }
}
