package dev.fjord.trust.git;

import dev.fjord.trust.TreeEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.jgit.lib.ObjectId;
import org.jspecify.annotations.Nullable;

/** Finds each path where a tree differs from any of others. */
final class Changes {
  private static final int DEEPEST = 64;

  private final Folders folders;
  private final Sink sink;

  /** Takes what differs. */
  interface Sink {
    void differs(String path, @Nullable TreeEntry result, List<@Nullable TreeEntry> parents)
        throws IOException;
  }

  private Changes(Folders folders, Sink sink) {
    this.folders = folders;
    this.sink = sink;
  }

  /**
   * Reports each file, link or submodule that is not the same in all; a folder only where it is
   * empty.
   *
   * @param parents none for a commit that begins a history: then everything differs
   */
  static void between(Folders folders, ObjectId tree, List<ObjectId> parents, Sink sink)
      throws IOException {
    List<@Nullable TreeEntry> roots = new ArrayList<>();
    parents.forEach(parent -> roots.add(Folders.root(parent)));
    new Changes(folders, sink).folder("", Folders.root(tree), roots, 0);
  }

  private void folder(
      String path, @Nullable TreeEntry result, List<@Nullable TreeEntry> parents, int depth)
      throws IOException {
    if (depth > DEEPEST) {
      throw new RawCommit.Malformed("it has folders in more than " + DEEPEST + " folders");
    }
    Set<String> names = new TreeSet<>(folders.list(result).keySet());
    for (@Nullable TreeEntry parent : parents) {
      names.addAll(folders.list(parent).keySet());
    }
    if (names.isEmpty()) {
      sink.differs(path, result, parents);
    }
    for (String name : names) {
      folders.takeOne();
      TreeEntry mine = folders.list(result).get(name);
      List<@Nullable TreeEntry> theirs = new ArrayList<>();
      for (@Nullable TreeEntry parent : parents) {
        theirs.add(folders.list(parent).get(name));
      }
      if (parents.isEmpty() || theirs.stream().anyMatch(one -> !Objects.equals(one, mine))) {
        entry(path.isEmpty() ? name : path + "/" + name, mine, theirs, depth);
      }
    }
  }

  /** A file may stand where there was a folder: both are reported. */
  private void entry(
      String path, @Nullable TreeEntry mine, List<@Nullable TreeEntry> theirs, int depth)
      throws IOException {
    if (Folders.isFolder(mine) || theirs.stream().anyMatch(Folders::isFolder)) {
      folder(path, mine, theirs, depth + 1);
    }
    if (!allFoldersOrNothing(mine, theirs)) {
      List<@Nullable TreeEntry> files = new ArrayList<>();
      theirs.forEach(one -> files.add(Folders.isFolder(one) ? null : one));
      sink.differs(path, Folders.isFolder(mine) ? null : mine, files);
    }
  }

  private static boolean allFoldersOrNothing(
      @Nullable TreeEntry mine, List<@Nullable TreeEntry> theirs) {
    return (mine == null || Folders.isFolder(mine))
        && theirs.stream().allMatch(one -> one == null || Folders.isFolder(one));
  }
}
