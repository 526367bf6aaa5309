package dev.fjord.source.tree;

import dev.fjord.model.Tree.File;
import dev.fjord.problem.Problem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;
import org.jspecify.annotations.Nullable;

/**
 * One folder of a commit, listed with all that is below it. Immutable. A folder's id changes with
 * any change below it, so a folder of the same path and id as before is taken over as it is.
 *
 * @param files below it, ordered by path
 * @param skipped entries below it that are not read, and why
 */
record RevisionFolder(
    ObjectId id, List<File> files, Map<String, RevisionFolder> folders, List<Problem> skipped) {

  /**
   * @param before the folder that was at the same path in another commit, or null
   * @throws IOException when an object is missing or damaged
   */
  static RevisionFolder read(ObjectReader reader, ObjectId id, @Nullable RevisionFolder before)
      throws IOException {
    return new Listing(reader, "", 0).list(id, before);
  }

  private static final class Listing {
    private final ObjectReader reader;
    private final String prefix;
    private final int depth;
    private final List<File> files = new ArrayList<>();
    private final Map<String, RevisionFolder> folders = new HashMap<>();
    private final List<Problem> skipped = new ArrayList<>();

    Listing(ObjectReader reader, String prefix, int depth) {
      this.reader = reader;
      this.prefix = prefix;
      this.depth = depth;
    }

    RevisionFolder list(ObjectId id, @Nullable RevisionFolder before) throws IOException {
      if (before != null && before.id.equals(id)) {
        return before;
      }
      Set<String> seen = new HashSet<>();
      CanonicalTreeParser entries = new CanonicalTreeParser(null, reader, id);
      for (; !entries.eof(); entries.next(1)) {
        String name = entries.getEntryPathString();
        if (TreeRules.isHidden(name)) {
          continue;
        }
        String fault = TreeRules.fault(prefix, name, depth);
        if (fault == null && !seen.add(name)) {
          fault = "another entry has the same name";
        }
        if (fault == null) {
          add(name, entries.getEntryFileMode(), entries.getEntryObjectId(), before);
        } else {
          skipped.add(TreeRules.skipped(prefix + name, fault));
        }
        if (files.size() > TreeRules.MOST_FILES) {
          throw TreeRules.tooMany("the commit").asException();
        }
      }
      return new RevisionFolder(id, List.copyOf(files), Map.copyOf(folders), List.copyOf(skipped));
    }

    private void add(String name, FileMode mode, ObjectId id, @Nullable RevisionFolder before)
        throws IOException {
      String path = prefix + name;
      if (mode.equals(FileMode.TREE)) {
        RevisionFolder was = before == null ? null : before.folders.get(name);
        RevisionFolder folder = new Listing(reader, path + "/", depth + 1).list(id, was);
        folders.put(name, folder);
        files.addAll(folder.files);
        skipped.addAll(folder.skipped);
      } else if (mode.equals(FileMode.REGULAR_FILE) || mode.equals(FileMode.EXECUTABLE_FILE)) {
        files.add(new File(path, id.name()));
      } else {
        String kind = mode.equals(FileMode.SYMLINK) ? "a symbolic link" : "a submodule";
        skipped.add(TreeRules.skipped(path, "it is " + kind));
      }
    }
  }
}
