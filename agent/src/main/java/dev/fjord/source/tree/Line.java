package dev.fjord.source.tree;

import dev.fjord.model.Tree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.AndTreeFilter;
import org.eclipse.jgit.treewalk.filter.PathFilterGroup;
import org.eclipse.jgit.treewalk.filter.TreeFilter;
import org.jspecify.annotations.Nullable;

/**
 * The branch's own line: first parents alone. What a merged pull request brought along in commits
 * of its own was written by the author of that request; the merge commit is the administrator's.
 */
final class Line {
  /**
   * A commit costs a look at two folders; its files cost nothing as long as the folders are the
   * same.
   */
  static final int MOST_COMMITS = 10_000;

  private static final int LARGEST_FILE = 1 << 20;
  private static final int MOST_BYTES = 8 << 20;

  private final ObjectReader reader;
  private final String folder;
  private final String other;

  private Line(ObjectReader reader, String folder, String other) {
    this.reader = reader;
    this.folder = folder;
    this.other = other;
  }

  /** As {@link Tree#latest} says. */
  static Tree.@Nullable Commit latest(
      Repository repository,
      String tip,
      String folder,
      String other,
      Predicate<Tree.Commit> wanted) {
    try (ObjectReader reader = repository.newObjectReader();
        RevWalk walk = new RevWalk(reader)) {
      Line line = new Line(reader, folder, other);
      RevCommit commit = walk.parseCommit(ObjectId.fromString(tip));
      for (int i = 0; i < MOST_COMMITS && commit.getParentCount() > 0; i++) {
        RevCommit parent = walk.parseCommit(commit.getParent(0));
        List<Edited> edited = line.edited(parent, commit);
        if (edited.stream().anyMatch(one -> one.path.startsWith(folder + "/"))) {
          Tree.Commit found = line.read(edited);
          if (found == null || wanted.test(found)) {
            return found;
          }
        }
        commit = parent;
      }
      return null;
    } catch (IOException | RuntimeException unreadable) {
      // Damaged objects end their parsers with any exception; what they say is unknown then.
      return null;
    }
  }

  private record Edited(String path, @Nullable ObjectId before, @Nullable ObjectId after) {}

  private List<Edited> edited(RevCommit parent, RevCommit commit) throws IOException {
    List<Edited> edited = new ArrayList<>();
    try (TreeWalk trees = new TreeWalk(reader)) {
      trees.addTree(parent.getTree());
      trees.addTree(commit.getTree());
      trees.setRecursive(true);
      trees.setFilter(
          AndTreeFilter.create(
              PathFilterGroup.createFromStrings(List.of(folder, other)), TreeFilter.ANY_DIFF));
      while (trees.next()) {
        if (Tree.File.isYaml(trees.getPathString())) {
          edited.add(new Edited(trees.getPathString(), blob(trees, 0), blob(trees, 1)));
        }
      }
    }
    return edited;
  }

  private static @Nullable ObjectId blob(TreeWalk trees, int side) {
    FileMode mode = trees.getFileMode(side);
    boolean isFile = mode.equals(FileMode.REGULAR_FILE) || mode.equals(FileMode.EXECUTABLE_FILE);
    return isFile ? trees.getObjectId(side) : null;
  }

  /** Null where there is too much to look at. */
  private Tree.@Nullable Commit read(List<Edited> edited) throws IOException {
    List<Tree.Edit> edits = new ArrayList<>();
    long bytes = 0;
    for (Edited one : edited) {
      String before = text(one.before);
      String after = text(one.after);
      if (before == null || after == null) {
        return null;
      }
      bytes += before.length() + (long) after.length();
      if (bytes > MOST_BYTES) {
        return null;
      }
      edits.add(new Tree.Edit(one.path, before, after));
    }
    return new Tree.Commit(edits);
  }

  private @Nullable String text(@Nullable ObjectId blob) throws IOException {
    if (blob == null) {
      return "";
    }
    return reader.getObjectSize(blob, Constants.OBJ_BLOB) > LARGEST_FILE
        ? null
        : new String(
            reader.open(blob, Constants.OBJ_BLOB).getBytes(LARGEST_FILE), StandardCharsets.UTF_8);
  }
}
