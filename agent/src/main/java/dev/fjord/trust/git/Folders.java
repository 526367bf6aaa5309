package dev.fjord.trust.git;

import dev.fjord.trust.TreeEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectChecker;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;
import org.jspecify.annotations.Nullable;

/**
 * Folders of commits by their ids, each read and checked once. One that Git would not write (names
 * twice, or out of order) may look different to different readers, so it is refused.
 */
final class Folders {
  private static final int LARGEST = 8 << 20;
  private static final int MOST_KEPT = 2_000;

  /** The limit for all commits that are checked: a few seconds' work. */
  private static final int MOST_NAMES = 2_000_000;

  private static final Map<String, TreeEntry> NONE = Map.of();

  private final ObjectReader reader;
  private final ObjectChecker checker = new ObjectChecker();
  private final Map<String, Map<String, TreeEntry>> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Map<String, TreeEntry>> eldest) {
          return size() > MOST_KEPT;
        }
      };

  private int taken;

  Folders(ObjectReader reader) {
    this.reader = reader;
  }

  static boolean isFolder(@Nullable TreeEntry entry) {
    return entry != null && FileMode.TREE.equals(entry.mode());
  }

  /** A folder that is in many places at once costs its author nothing, and a walk each time. */
  void takeOne() throws RawCommit.Malformed {
    if (++taken > MOST_NAMES) {
      throw new RawCommit.Malformed("it changes more than can be looked through");
    }
  }

  /** What is in a folder, by name; nothing where there is none. */
  Map<String, TreeEntry> list(@Nullable TreeEntry folder) throws IOException {
    return isFolder(folder) && folder != null ? list(folder.content()) : NONE;
  }

  private Map<String, TreeEntry> list(String id) throws IOException {
    Map<String, TreeEntry> list = known.get(id);
    if (list == null) {
      list = read(ObjectId.fromString(id));
      known.put(id, list);
    }
    return list;
  }

  private Map<String, TreeEntry> read(ObjectId id) throws IOException {
    if (reader.getObjectSize(id, Constants.OBJ_TREE) > LARGEST) {
      throw new RawCommit.Malformed("a folder of it holds more than can be looked through");
    }
    byte[] bytes = reader.open(id, Constants.OBJ_TREE).getCachedBytes(LARGEST);
    try {
      checker.checkTree(id, bytes);
    } catch (CorruptObjectException e) {
      throw new RawCommit.Malformed("folder " + id.name() + " of it: " + e.getMessage());
    }
    Map<String, TreeEntry> list = new LinkedHashMap<>();
    CanonicalTreeParser entries = new CanonicalTreeParser(null, reader, id);
    for (; !entries.eof(); entries.next(1)) {
      byte[] name = new byte[entries.getNameLength()];
      entries.getName(name, 0);
      // Bytes that are no UTF-8 must not make two names one: each byte is a character then.
      list.put(
          text(name), new TreeEntry(entries.getEntryRawMode(), entries.getEntryObjectId().name()));
    }
    return list;
  }

  private static String text(byte[] name) {
    String text = new String(name, StandardCharsets.UTF_8);
    return text.indexOf('\uFFFD') < 0 ? text : new String(name, StandardCharsets.ISO_8859_1);
  }

  /** What stands at a path, a folder neither; null for nothing. */
  @Nullable TreeEntry at(ObjectId root, String path) throws IOException {
    TreeEntry at = root(root);
    for (String name : path.split("/", -1)) {
      at = at == null ? null : list(at).get(name);
    }
    return isFolder(at) ? null : at;
  }

  static TreeEntry root(ObjectId tree) {
    return new TreeEntry(FileMode.TREE.getBits(), tree.name());
  }
}
